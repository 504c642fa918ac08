"""Writing rulings; never commits."""
