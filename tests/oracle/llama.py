"""The little of llama.cpp's low-level interface that the other scripts need."""

import ctypes

import llama_cpp
import numpy as np

F32 = 0  # GGML_TYPE_F32


@llama_cpp.llama_log_callback
def _silence(_level, _text, _data):
    pass


llama_cpp.llama_log_set(_silence, ctypes.c_void_p(0))
llama_cpp.llama_backend_init()


class Model:
    """One GGUF file. The cache is kept in f32 and flash attention is off, so that nothing rounds but the weights."""

    def __init__(self, path, context=None, threads=1):
        params = llama_cpp.llama_model_default_params()
        params.vocab_only = context is None
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), params)
        assert self.model, f"llama.cpp cannot load {path}"
        self.vocab = llama_cpp.llama_model_get_vocab(self.model)
        self.size = llama_cpp.llama_vocab_n_tokens(self.vocab)
        if context is not None:
            self.context = self._open(context, threads)

    def _open(self, context, threads):
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = context
        params.n_threads = params.n_threads_batch = threads
        params.type_k = params.type_v = F32
        params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
        return llama_cpp.llama_init_from_model(self.model, params)

    def tokenize(self, text, specials=False):
        """Token ids, with nothing added. `specials`: whether `<|im_end|>` and its like are read as control tokens."""
        raw = text.encode()
        ids = (llama_cpp.llama_token * (len(raw) + 8))()
        count = llama_cpp.llama_tokenize(self.vocab, raw, len(raw), ids, len(ids), False, specials)
        assert count >= 0, text
        return list(ids[:count])

    def begin(self):
        """The token that a prompt begins with, or None."""
        adds = llama_cpp.llama_vocab_get_add_bos(self.vocab)
        return llama_cpp.llama_vocab_bos(self.vocab) if adds else None

    def text(self, ids):
        """The text of token ids, control tokens included."""
        out, piece = b"", ctypes.create_string_buffer(512)
        for token in ids:
            count = llama_cpp.llama_token_to_piece(self.vocab, token, piece, len(piece), 0, True)
            out += piece.raw[:count]
        return out.decode(errors="replace")

    def clear(self):
        """Forgets every token."""
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), True)

    def forward(self, ids, start, every=False):
        """Runs `ids` from position `start` on; gives the logits of the last of them, or of every one, as rows."""
        batch = llama_cpp.llama_batch_init(len(ids), 0, 1)
        batch.n_tokens = len(ids)
        for i, token in enumerate(ids):
            batch.token[i], batch.pos[i] = token, start + i
            batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
            batch.logits[i] = every or i + 1 == len(ids)
        assert llama_cpp.llama_decode(self.context, batch) == 0
        rows = range(len(ids)) if every else [len(ids) - 1]
        logits = [llama_cpp.llama_get_logits_ith(self.context, i) for i in rows]
        out = np.stack([np.ctypeslib.as_array(row, (self.size,)).copy() for row in logits])
        llama_cpp.llama_batch_free(batch)
        return out
