//! There is no library here: the tests read a room of the program.
