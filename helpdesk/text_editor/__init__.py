"""Where editors write texts: one working draft beside the live version, from concept to publication."""
