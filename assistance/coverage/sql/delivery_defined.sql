-- What counts of deliveries. Definition 1.0.
--
-- A delivery whose present revision is approved; not counting while the State's latest reply to it
-- objects ("partly", "disputed"); with evidence when somebody has verified a piece.
--
-- Both definitions read it. (OFFSET 0: worked out once a row, which keeps the planning short.)

CREATE VIEW approved_delivery WITH (security_invoker = true) AS
SELECT d.id AS delivery_id, d.activity_id, d.country_id, d."on",
       said.objected, said.evidenced, v.self_approved OR said.self_verified AS self_approved
FROM assistance_delivery d
JOIN assistance_approval v ON v.delivery_id = d.id AND v.revision = d.revision
CROSS JOIN LATERAL (
    SELECT COALESCE((
               SELECT y.verdict IN ('partly', 'disputed')
               FROM assistance_reply y
               WHERE y.delivery_id = d.id AND y.country_id = d.country_id
               ORDER BY y.at DESC, y.id DESC LIMIT 1
           ), FALSE) AS objected,
           EXISTS (
               SELECT 1 FROM assistance_evidence e
               WHERE e.delivery_id = d.id AND e.verified_at IS NOT NULL
           ) AS evidenced,
           EXISTS (
               SELECT 1 FROM assistance_evidence e
               WHERE e.delivery_id = d.id AND e.self_verified
           ) AS self_verified
    OFFSET 0
) AS said;
