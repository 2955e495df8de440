BEGIN TRANSACTION;
CREATE TABLE application (
            ticket TEXT PRIMARY KEY, waiting_role TEXT NOT NULL, waiting_since TEXT NOT NULL, body TEXT NOT NULL);
INSERT INTO "application" VALUES('TTE-26-4F7K-9QXM','kabid','2026-08-03T01:00:00.000005+00:00','{"service":"penerbitan","sop_version":"9f86d0","form":{"nama_ktp":"Siti Aminah","email":"siti@tarakankota.go.id","tahun":36},"documents":[{"kind":"ktp","key":"drafts/a1/ktp/x","version":"000001.a","sha256":"9f86","size":48213,"media_type":"application/pdf","pages":2,"uploaded_at":"2026-08-03T08:00:00+08:00","name":"ktp – Siti.pdf"}]}');
CREATE TABLE claim (name TEXT PRIMARY KEY, ticket TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "claim" VALUES('visit/1','TTE-26-4F7K-9QXM');
CREATE TABLE counter (series TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "counter" VALUES('agenda-2026',1);
CREATE TABLE draft (
            id TEXT PRIMARY KEY, version INTEGER NOT NULL, created_at TEXT NOT NULL, body TEXT NOT NULL);
INSERT INTO "draft" VALUES('a1',1,'2026-08-03T00:00:00.000000+00:00','{"id":"a1","service":"penerbitan","form":{"nama_ktp":"Siti Aminah","email":"siti@tarakankota.go.id","tahun":36},"created_at":"2026-08-03T08:00:00+08:00","documents":[{"kind":"ktp","key":"drafts/a1/ktp/x","version":"000001.a","sha256":"9f86","size":48213,"media_type":"application/pdf","pages":2,"uploaded_at":"2026-08-03T08:00:00+08:00","name":"ktp – Siti.pdf"}],"version":1,"ticket":"","mends":"","items":[]}');
INSERT INTO "draft" VALUES('TTE-26-4F7K-9QXM-3',1,'2026-08-03T01:00:00.000005+00:00','{"id":"TTE-26-4F7K-9QXM-3","service":"penerbitan","form":{},"created_at":"2026-08-03T01:00:00.000005+00:00","documents":[],"version":1,"ticket":"","mends":"TTE-26-4F7K-9QXM","items":["ktp","email"]}');
CREATE TABLE event (
            ticket TEXT NOT NULL REFERENCES application, number INTEGER NOT NULL, entry TEXT NOT NULL,
            PRIMARY KEY (ticket, number)) WITHOUT ROWID;
INSERT INTO "event" VALUES('TTE-26-4F7K-9QXM',1,'{"number":1,"action":"submit","at":"2026-08-03T08:00:00+08:00","step":"ajukan","state":"unconfirmed","actor":{"role":"applicant","name":"Siti Aminah","office":"","email":"siti@tarakankota.go.id","number":""},"data":{"form":"5e88"},"previous":"0a","hash":"1b"}');
INSERT INTO "event" VALUES('TTE-26-4F7K-9QXM',2,'{"number":2,"action":"forward","at":"2026-08-03T01:00:00.000005+00:00","step":"disposisi","state":"waiting","actor":{"role":"kadis","name":"Drs. Arif","office":"Plt. Kadis","email":"kadis@tarakankota.go.id","number":"1970"},"data":{"items":["ktp"]},"previous":"1b","hash":"2c"}');
CREATE TABLE fact (ticket TEXT PRIMARY KEY, body TEXT NOT NULL);
INSERT INTO "fact" VALUES('TTE-26-4F7K-9QXM','{"ticket":"TTE-26-4F7K-9QXM","closed":"2026-08-03","minutes":{"ajukan":12},"office":"Dinas – A"}');
CREATE TABLE notice (
            about TEXT NOT NULL, event INTEGER NOT NULL, letter TEXT NOT NULL, recipient TEXT NOT NULL,
            occasion TEXT NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL, queued_at TEXT NOT NULL,
            due_at TEXT NOT NULL, attempts INTEGER NOT NULL, problem TEXT NOT NULL, hopeless INTEGER NOT NULL,
            sent_at TEXT, dropped_at TEXT, PRIMARY KEY (about, event, letter, recipient, occasion)) WITHOUT ROWID;
INSERT INTO "notice" VALUES('TTE-26-4F7K-9QXM',1,'turn','kadis@tarakankota.go.id','','kadis','Drs. Arif','2026-08-03T00:00:00.000000+00:00','2026-08-03T00:00:00.000000+00:00',0,'',0,NULL,NULL);
INSERT INTO "notice" VALUES('TTE-26-4F7K-9QXM',1,'turn','kadis@tarakankota.go.id','again','kadis','Drs. Arif','2026-08-03T00:00:00.000000+00:00','2026-08-03T01:00:00.000005+00:00',2,'451 busy',0,NULL,NULL);
INSERT INTO "notice" VALUES('TTE-26-4F7K-9QXM',2,'turn','kadis@tarakankota.go.id','','kadis','Drs. Arif','2026-08-03T00:00:00.000000+00:00','2026-08-03T01:00:00.000005+00:00',1,'550 unknown',1,NULL,NULL);
INSERT INTO "notice" VALUES('TTE-26-4F7K-9QXM',3,'turn','kadis@tarakankota.go.id','','kadis','Drs. Arif','2026-08-03T00:00:00.000000+00:00','2026-08-03T00:00:00.000000+00:00',1,'',0,'2026-08-03T01:00:00.000005+00:00',NULL);
INSERT INTO "notice" VALUES('TTE-26-4F7K-9QXM',4,'turn','kadis@tarakankota.go.id','','kadis','Drs. Arif','2026-08-03T00:00:00.000000+00:00','2026-08-03T01:00:00.000005+00:00',1,'550 unknown',1,NULL,'2026-08-03T01:00:00.000005+00:00');
CREATE TABLE official (
            role TEXT NOT NULL, email TEXT NOT NULL, since TEXT NOT NULL, body TEXT NOT NULL,
            UNIQUE (role, email, since));
INSERT INTO "official" VALUES('kadis','ani@tarakankota.go.id','2024-01-02','{"role":"kadis","name":"Dra. Ani","email":"Ani@tarakankota.go.id","number":"","capacity":"","decree":"","since":"2024-01-02","until":""}');
INSERT INTO "official" VALUES('kadis','kadis@tarakankota.go.id','','{"role":"kadis","name":"Drs. Arif","email":"kadis@tarakankota.go.id","number":"1970","capacity":"Plt.","decree":"800/12","since":"","until":"2026-08-09"}');
CREATE TABLE sop (version TEXT PRIMARY KEY, snapshot TEXT NOT NULL);
INSERT INTO "sop" VALUES('9f86d0','{"text":"–"}');
CREATE TABLE tally (
            month TEXT PRIMARY KEY, through TEXT NOT NULL, cases INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "tally" VALUES('2026-08','2026-08-03',1,'{"steps":{"ajukan":{"12":1}},"months":{"2026-08":{"":{"returns":0}}}}');
CREATE INDEX waiting ON application (waiting_role, waiting_since) WHERE waiting_role <> '';
CREATE INDEX draft_age ON draft (created_at);
CREATE INDEX notice_due ON notice (due_at, queued_at) WHERE sent_at IS NULL AND hopeless = 0;
CREATE INDEX fact_closed ON fact (coalesce(json_extract(body, '$.closed'), ''));
CREATE INDEX notice_unsent ON notice (queued_at) WHERE sent_at IS NULL AND dropped_at IS NULL;
COMMIT;
PRAGMA user_version = 3;
