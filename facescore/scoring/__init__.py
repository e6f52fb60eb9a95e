"""What happens to a photo: find faces, crop, score, compare with the ratings, explain."""
