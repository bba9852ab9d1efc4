"""Routes of the catalogue."""

from django.urls import path

from products import words
from products.views import dictionary, proposals

app_name = "products"
urlpatterns = [
    path(
        "dictionary/words.txt",
        dictionary.word_list,
        {"name": words.WORDS},
        name="dictionary-words",
    ),
    path(
        "dictionary/stopwords.txt",
        dictionary.word_list,
        {"name": words.STOP_WORDS},
        name="dictionary-stopwords",
    ),
    path("interchanges/proposals/", proposals.proposal_list, name="proposals"),
    path("interchanges/proposals/decide/", proposals.decide, name="decide"),
    path("interchanges/derive/", proposals.derive, name="derive"),
    path("interchanges/derivation/", proposals.derivation, name="derivation"),
]
