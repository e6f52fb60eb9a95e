"""How the networks are made: recipe, fit, evaluate, export."""
