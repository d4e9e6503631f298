/** The engines' configuration as the chart mounts it, from the same renderers that the launcher uses. */
