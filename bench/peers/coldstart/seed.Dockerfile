ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY packages/ seed.py ${LAMBDA_TASK_ROOT}/
CMD ["seed.handler"]
