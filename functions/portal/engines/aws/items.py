"""The table: which items there are, under which keys, and nouns to items and back. Pure; never talks to AWS.

One DynamoDB table with the key ``PK`` (partition, string) and ``SK`` (sort, string), and one global secondary index
``GSI1`` with the key ``GSI1PK`` (partition, string) and ``GSI1SK`` (sort, string) that projects keys only: the index says
where to look, what is true is read from the item itself. Items carry the index's attributes only while they are on a
list, so the index holds what is to be done and nothing else. Time to live is taken from ``expires_at`` (epoch seconds).
The stream (new images) tells of a new owed email by the insertion of an item whose ``PK`` begins with ``NOTICE#``.

=========== ========================== =============================== ================= ==============================
item        PK                         SK                              GSI1PK            GSI1SK
=========== ========================== =============================== ================= ==============================
application APPLICATION#TTE-26-4F7K-.. APPLICATION                     WAITING#kadis (1) since, then #ticket
event       APPLICATION#TTE-26-4F7K-.. EVENT#0003
notice      NOTICE#TTE-26-4F7K-9QXM    0003#turn##kadis@...go.id (2)   OUTBOX (3)        due_at
                                                                       HOPELESS (3)      queued_at
draft       DRAFT#5b0c...              DRAFT                           DRAFTS            created_at, then #id
claim       CLAIM                      visit/penerbitan/2026-08-04...
official    OFFICIAL                   kadis#2024-01-02#kadis@...go.id
sop         SOP#<version>              SOP
counter     COUNTER#agenda-2026        COUNTER
fact        FACT                       2026-08-03#TTE-26-4F7K-9QXM
=========== ========================== =============================== ================= ==============================

(1) whoever has to act, a role or the applicant; on no list once closed.
(2) event, letter, occasion, recipient: with the PK the identity of the notice.
(3) OUTBOX while it is to be sent, HOPELESS when the relay has refused it for good, on no list once sent.
"""
