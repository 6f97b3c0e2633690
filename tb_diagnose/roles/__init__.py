"""From tags and configurations to curves and layers with a meaning."""
