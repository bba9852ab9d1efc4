"""Routes of the catalogue."""

from django.urls import path

from products import views, words

urlpatterns = [
    path("dictionary/words.txt", views.word_list, {"name": words.WORDS}, name="dictionary-words"),
    path(
        "dictionary/stopwords.txt",
        views.word_list,
        {"name": words.STOP_WORDS},
        name="dictionary-stopwords",
    ),
]
