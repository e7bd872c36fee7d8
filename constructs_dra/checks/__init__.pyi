from .collect import Item as Item
from .manifests import Setting as Setting
from .manifests import check_manifests as check_manifests
from .needs import Need as Need
from .together import disagreements as disagreements
