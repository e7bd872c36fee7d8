"""Write the Kubernetes objects of services.py: `python main.py` makes dist/llm.k8s.yaml, and so does `cdk8s synth`."""

from constructs_dra import App, Chart, ModelServiceDeployment
from services import service

app = App()
chart = Chart(app, "llm", namespace="llm-d")
ModelServiceDeployment(chart, service.name, service)
app.synth()
