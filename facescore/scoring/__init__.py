"""What happens to a photo: find, cut, score, place among the ratings, explain."""
