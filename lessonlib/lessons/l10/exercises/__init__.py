"""Lesson 10, the transformer: tokens, the mask, the block, the loss, the nucleus, the cache."""
