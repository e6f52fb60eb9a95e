"""From a photo to scores: find faces, crop them, score them, compare them with the ratings, explain."""
