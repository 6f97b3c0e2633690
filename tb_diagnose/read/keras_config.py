def model_config(content): return None
