"""What a learner meets: checks in the notebook, the workspace, JupyterLab, pytest."""
