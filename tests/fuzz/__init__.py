"""Random input for every command and public function: none may end in a traceback, hang, or take all memory. `make fuzz` runs it at length."""
