import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Prints JSON Schemas of Strimzi's custom resources, out of the Java classes of its API that Maven Central has; its CRDs are only on release pages.
 * How to run it: see tools/chart/strimzi-schemas.sh. What the classes do not say is not checked: required fields, patterns, ranges.
 */
public class StrimziSchemas {
    static final ObjectMapper MAPPER = new ObjectMapper();
    static final Deque<Class<?>> OPEN = new ArrayDeque<>();

    public static void main(String[] args) throws Exception {
        var list = MAPPER.createArrayNode();
        for (String kind : List.of("kafka.Kafka", "nodepool.KafkaNodePool", "topic.KafkaTopic", "user.KafkaUser")) {
            Class<?> type = Class.forName("io.strimzi.api.kafka.model." + kind);
            for (String version : List.of("v1beta2", "v1")) {
                var schema = (ObjectNode) schemaOf(MAPPER.constructType(type));
                var properties = (ObjectNode) schema.get("properties");
                properties.putObject("apiVersion").put("const", "kafka.strimzi.io/" + version);
                properties.putObject("kind").put("const", type.getSimpleName());
                properties.putObject("metadata").put("type", "object");
                schema.putArray("required").add("apiVersion").add("kind").add("metadata").add("spec");
                list.addObject().put("group", "kafka.strimzi.io").put("version", version).put("kind", type.getSimpleName()).set("schema", schema);
            }
        }
        System.out.println(MAPPER.writeValueAsString(list));
    }

    static ObjectNode schemaOf(JavaType type) {
        var schema = MAPPER.createObjectNode();
        Class<?> raw = type.getRawClass();
        if (raw == String.class) return schema.put("type", "string");
        if (raw == boolean.class || raw == Boolean.class) return schema.put("type", "boolean");
        if (raw == int.class || raw == Integer.class || raw == long.class || raw == Long.class || raw == short.class || raw == Short.class) return schema.put("type", "integer");
        if (raw == double.class || raw == Double.class || raw == float.class || raw == Float.class) return schema.put("type", "number");
        if (type.isCollectionLikeType()) {
            schema.put("type", "array").set("items", schemaOf(type.getContentType()));
            return schema;
        }
        if (type.isMapLikeType()) return schema.put("type", "object");
        if (raw.isEnum()) {
            var values = schema.put("type", "string").putArray("enum");
            for (Object value : raw.getEnumConstants()) values.add(MAPPER.convertValue(value, String.class));
            return schema;
        }
        // Types of Kubernetes itself are checked by the operator; Object is whatever the user writes.
        if (!raw.getName().startsWith("io.strimzi.") || OPEN.contains(raw)) return schema;
        var subtypes = raw.getAnnotation(JsonSubTypes.class);
        if (subtypes != null && !OPEN.contains(raw)) {
            OPEN.push(raw);
            var any = schema.putArray("anyOf");
            String property = raw.getAnnotation(JsonTypeInfo.class).property();
            for (var subtype : subtypes.value()) {
                var one = beanOf(MAPPER.constructType(subtype.value()));
                ((ObjectNode) one.get("properties")).putObject(property).put("const", subtype.name());
                one.putArray("required").add(property);
                any.add(one);
            }
            OPEN.pop();
            return schema;
        }
        return beanOf(type);
    }

    static ObjectNode beanOf(JavaType type) {
        OPEN.push(type.getRawClass());
        var schema = MAPPER.createObjectNode().put("type", "object").put("additionalProperties", false);
        var properties = schema.putObject("properties");
        List<BeanPropertyDefinition> found = MAPPER.getSerializationConfig().introspect(type).findProperties();
        for (var property : found) {
            if (Arrays.asList("additionalProperties", "status").contains(property.getName())) continue;
            properties.set(property.getName(), schemaOf(property.getPrimaryType()));
        }
        OPEN.pop();
        return schema;
    }
}
