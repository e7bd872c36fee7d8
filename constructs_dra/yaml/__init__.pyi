from .documents import load_documents as load_documents
from .places import Place as Place
from .places import places_of as places_of
from .places import start_of as start_of
