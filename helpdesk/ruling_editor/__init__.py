"""Where editors add, correct, publish and withdraw rulings."""
