# Packages are installed in one stage, so that the image holds no compiler and no cache.
FROM python:3.11-slim AS packages
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin mandate \
    && mkdir -p /app /data/files /data/beat \
    && chown mandate /data/files /data/beat
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY api api
COPY assistance assistance
COPY config config
COPY dashboards dashboards
COPY directory directory
COPY locale locale
COPY mandates mandates
COPY notifications notifications
COPY static static
COPY templates templates
# Settings of production, for names of static files by content; nothing here is used later.
RUN MANDATE_TRACKER_PRODUCTION=true SECRET_KEY=unused ALLOWED_HOSTS=unused \
    DATABASE_URL=postgresql://unused@unused/unused CELERY_BROKER_URL=redis://unused \
    CACHE_URL=redis://unused EMAIL_URL=consolemail:// MANDATE_TRACKER_BASE_URL=https://unused \
    MANDATE_TRACKER_FILES=/data/files \
    python manage.py collectstatic --no-input \
    && python -m compileall -q /app
USER mandate
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "8", "--backpressure", "64", "--no-ws", "--log-level", "warning", \
     "config.wsgi:application"]
