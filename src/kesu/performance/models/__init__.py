"""What is stored of performance: self-reviews with their cases, words and journal; recognitions with theirs."""

from kesu.performance.models.recognitions import Recognition, RecognitionEntry
from kesu.performance.models.reviews import Review, ReviewCase, ReviewEntry, ReviewWords

__all__ = ["Recognition", "RecognitionEntry", "Review", "ReviewCase", "ReviewEntry", "ReviewWords"]
