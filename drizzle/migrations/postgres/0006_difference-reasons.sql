ALTER TABLE "settlement_differences" ADD COLUMN "detail_code" text;--> statement-breakpoint
ALTER TABLE "settlement_differences" ADD COLUMN "detail_params" json;