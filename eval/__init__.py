"""What Evoke is worth, measured. Imports evoke; evoke never imports this."""
