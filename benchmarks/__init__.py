"""How fast it is: `./run bench`. Figures of one run on one machine, and ratios to what the machine can do at best."""
