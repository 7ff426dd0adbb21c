"""What all explorers and forms share: the base class, the view, JavaScript modules."""
