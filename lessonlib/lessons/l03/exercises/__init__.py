"""Lesson 03, backpropagation: from one operation's slopes to a layer's gradients."""
