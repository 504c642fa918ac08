"""Documents that a question names: by number or ECLI, by the name of the case, by the article they are about."""

from collections.abc import Sequence
from functools import reduce

import numpy as np

from jurisprudence.search.named import case_name_tag, own_article_tag
from jurisprudence.search.packs import Array
from jurisprudence.search.question import Article, Identifier, Question
from jurisprudence.search.snapshot import Snapshot


def named_documents(snapshot: Snapshot, question: Question) -> Array:
    """Return the mask of the documents that a question names; deleted documents may be among them.

    The name of a case counts when nothing else is asked; an article when it stands alone and one theme page is about
    it.
    """
    found = [_bearing(snapshot, term) for term in question.terms if isinstance(term, Identifier)]
    if question.name_key:
        found.append(_mask(snapshot, [case_name_tag(question.name_key)]))
    match [clause.alternatives for clause in question.required]:
        case [(Article() as article,)]:
            found.append(_about(snapshot, article))
    return reduce(np.logical_or, found, np.zeros(snapshot.size, dtype=bool))


def _bearing(snapshot: Snapshot, identifier: Identifier) -> Array:
    """Return the documents that bear a number, of the court named beside it when it has such a one."""
    bearing = _mask(snapshot, [identifier.normal])
    of_court = np.zeros(snapshot.size, dtype=bool)
    for value in snapshot.facet_columns["hof"].values:
        if value.casefold() == identifier.court:
            of_court[snapshot.tagged("hof", value)] = True
    return bearing & of_court if (bearing & of_court).any() else bearing


def _about(snapshot: Snapshot, article: Article) -> Array:
    """Return the theme page about an article when exactly one living page is; a wrong card is worse than none."""
    values = snapshot.article_values(article.number, article.law)
    about = snapshot.alive & _mask(snapshot, [own_article_tag(value) for value in values])
    return about if int(about.sum()) == 1 else np.zeros_like(about)


def _mask(snapshot: Snapshot, tags: Sequence[str]) -> Array:
    mask = np.zeros(snapshot.size, dtype=bool)
    for tag in tags:
        mask[snapshot.tagged("identifier", tag)] = True
    return mask
