"""What cdk8s itself costs: an app, a chart, synth."""

from cdk8s import App, Chart

app = App()
Chart(app, "bare")
app.synth()
