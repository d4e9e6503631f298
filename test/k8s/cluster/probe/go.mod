module vitalvault.dev/k8s/probe

go 1.25.0
