"""What the tags of a page still lack when WeasyPrint has written them: what PDF/A-3 and PDF/UA-1 ask besides.

The headings of a table get their scope, and the tree by which their identifiers are found (ISO 32000-1, 14.7.2); an
attached file is associated with the document once, not twice.
"""


def complete(_pages, pdf) -> None:
    """Complete the tags of a document before it is written (WeasyPrint's finisher)."""
    import pydyf

    found = {one.reference: one for one in pdf.objects if isinstance(one, dict) and one.get("Type") == "/StructElem"}
    for row in (one for one in found.values() if one["S"] == "/TR"):
        _say_scope([found[kid] for kid in row["K"] if kid in found])
    if named := {one["ID"].data: one for one in found.values() if "ID" in one}:
        pairs = [part for _, one in sorted(named.items()) for part in (one["ID"], one.reference)]
        tree = pydyf.Dictionary({"Names": pydyf.Array(pairs)})
        pdf.add_object(tree)
        root = next(one for one in pdf.objects if isinstance(one, dict) and one.get("Type") == "/StructTreeRoot")
        root["IDTree"] = tree.reference
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def _say_scope(cells: list[dict]) -> None:
    """A heading beside an answer is that of its row; a row of headings has those of columns."""
    scope = "/Row" if any(cell["S"] == "/TD" for cell in cells) else "/Column"
    for cell in cells:
        if cell["S"] == "/TH":
            cell["A"]["Scope"] = scope
