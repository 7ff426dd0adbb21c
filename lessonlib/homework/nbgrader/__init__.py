"""How nbgrader is configured and fed: its steps, its gradebook."""
