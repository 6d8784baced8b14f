"""Figures: overview, breakdowns, what lies behind each figure, exports; what complaints are set against; wall-boards."""
