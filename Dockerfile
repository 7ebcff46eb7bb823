# One image for web, worker, scheduler and commands: docker-compose.yml says which runs what. Written without an engine at
# hand and not built yet: docs/deploying.md says what of it was tried by other means.
FROM python:3.11-slim-bookworm AS python
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# ── what the product needs, from the lock file and no other ──────────────────────────────────────────────────────────
FROM python AS packages
COPY requirements/production.lock /requirements/
# Without pillow-heif: nothing here reads HEIC, and its wheel holds GPL libraries (THIRD-PARTY-NOTICES.md).
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --quiet --require-hashes -r /requirements/production.lock \
 && /venv/bin/pip uninstall --quiet --yes pillow-heif

# ── what is built from the source: style sheet, translations, static files ───────────────────────────────────────────
FROM python AS built
COPY requirements/demo.lock /requirements/
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --quiet --require-hashes -r /requirements/demo.lock
ENV PATH=/venv/bin:$PATH
WORKDIR /app
COPY . .
# The settings want to be whole; collecting files connects to nothing.
RUN python -c 'from launch import build; build.build_styles(); build.compile_messages()' \
 && SECRET_KEY=only-for-collecting-static-files-and-nothing-else-whatever \
    FIELD_KEYS=none:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= DATABASE_URL=postgresql://nobody@nowhere/none \
    REDIS_URL=redis://nowhere DATA_DIR=/data python manage.py collectstatic --noinput -v0 \
 && mkdir -p /data/media /data/papers /data/mails \
 && python -m compileall -q cms demo marketplace search storefront tenants

# ── what runs ────────────────────────────────────────────────────────────────────────────────────────────────────────
FROM python
# PDFs of statements and packing slips: Pango, and a font with Chinese.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin wanshang
ENV PATH=/venv/bin:$PATH DATA_DIR=/data DJANGO_SETTINGS_MODULE=marketplace.config.settings
WORKDIR /app
COPY --from=packages /venv /venv
COPY --from=built /app/manage.py /app/LICENSE /app/NOTICE /app/THIRD-PARTY-NOTICES.md ./
COPY --from=built /app/cms ./cms
COPY --from=built /app/demo ./demo
COPY --from=built /app/locale ./locale
COPY --from=built /app/marketplace ./marketplace
COPY --from=built /app/search ./search
COPY --from=built /app/storefront ./storefront
COPY --from=built /app/tenants ./tenants
# Static files belong to the image, media and papers to volumes.
COPY --from=built --chown=10001:10001 /data /data
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--config", "marketplace/config/gunicorn.py", "--bind", "0.0.0.0:8000", "marketplace.config.wsgi"]
