"""DynamoDB, S3, SES."""
