"""How the networks are made: recipes, data, fitting, measuring, export."""
