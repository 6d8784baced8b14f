"""Tables of figures in plain content: what pages draw, exports write and reports print."""
