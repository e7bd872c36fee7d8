"""What Prometheus is asked about a service: series by its own names, alerts, dashboards."""
