"""Objects written down already, from a file, as plain ApiObjects of cdk8s."""

import sys

from cdk8s import App, Chart, Include

app = App()
Include(Chart(app, "services"), "objects", url=sys.argv[1])
app.synth()
