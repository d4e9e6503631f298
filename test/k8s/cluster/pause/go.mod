module vitalvault.dev/k8s/pause

go 1.25.0
