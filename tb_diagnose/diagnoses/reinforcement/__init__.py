"""What goes wrong in reinforcement learning, judged by the reward, never by a loss that stays."""
