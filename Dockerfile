# Only copies what the host has built: nothing is installed or compiled here, so the image for either architecture can
# be made on any machine, and adds little more than the handlers to Lambda's base.
ARG BASE_IMAGE=public.ecr.aws/lambda/nodejs:24
FROM ${BASE_IMAGE}
COPY dist/lambda/ ${LAMBDA_TASK_ROOT}/
CMD ["gateway.handler"]
