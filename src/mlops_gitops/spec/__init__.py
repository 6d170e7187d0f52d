"""What a team may write: frozen models, one family a file, and the tables that give words their meaning."""
