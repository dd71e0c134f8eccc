"""Objects of one PDF copied into another that is being written: the fonts of a composed page that are not ours."""

import pikepdf

from breachreg.letters.pdffile import PdfFile, stream


class Copier:
    """Copy an object of another PDF, with all it refers to, into a file."""

    def __init__(self, file: PdfFile):
        self._file, self._known = file, {}

    def copy(self, source: pikepdf.Object) -> int:
        """Write the object and what it refers to; return its new number."""
        if source.objgen not in self._known:
            body = self._stream(source) if isinstance(source, pikepdf.Stream) else self._body(source)
            self._known[source.objgen] = self._file.add(body)
        return self._known[source.objgen]

    def _stream(self, source: pikepdf.Stream) -> bytes:
        extra = b"".join(
            key.encode() + b" " + self._value(value)
            for key, value in source.stream_dict.items()
            if key not in {"/Length", "/Filter", "/DecodeParms"}
        )
        return stream(source.read_bytes(), extra)

    def _body(self, source: pikepdf.Object) -> bytes:
        if isinstance(source, pikepdf.Dictionary):
            return b"<<%s>>" % b"".join(key.encode() + b" " + self._value(value) for key, value in source.items())
        if isinstance(source, pikepdf.Array):
            return b"[%s]" % b" ".join(self._value(value) for value in source)
        return pikepdf.Object.unparse(source) if isinstance(source, pikepdf.Object) else _plain(source)

    def _value(self, value) -> bytes:
        if isinstance(value, pikepdf.Object) and value.is_indirect:
            return b"%d 0 R" % self.copy(value)
        return self._body(value)


def _plain(value) -> bytes:
    if isinstance(value, bool):
        return b"true" if value else b"false"
    return str(value).encode()
