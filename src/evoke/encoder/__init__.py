"""Text to numbers: the sentence encoder (all-MiniLM-L6-v2, int8 ONNX). Knows no MI, no Chroma and no PyTorch.

sentence  SentenceEncoder.embed(texts) -> unit vectors of 384 numbers
runtime   an ONNX model with its tokenizer, one text at a time on a few threads
"""
