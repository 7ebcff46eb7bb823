def search_health() -> str:
    return "postgres"
