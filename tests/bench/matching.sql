-- The rules of bot/jobs/rules.py as one query: three openings for each seeker.
-- What a seeker's wish leads to (related trades, neighbouring counties) stands in the table as
-- arrays, made beforehand. NULL points: ruled out. let_go: the bits of rules.LetGo.
SELECT s.id, best.number, best.let_go, best.points
FROM seeker s
CROSS JOIN LATERAL (
    SELECT number, trade.let_go + place.let_go + pay.let_go AS let_go,
        trade.points + place.points + pay.points + board.points + hours.points AS points
    FROM opening o
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN cardinality(s.trades) = 0 THEN 3
            WHEN o.trade = ANY (s.trades) THEN 2
            WHEN o.trade = ANY (s.related) THEN 1
            ELSE 0 END AS stands
    ) how
    CROSS JOIN LATERAL (
        SELECT CASE how.stands WHEN 0 THEN 100 WHEN 1 THEN 200 ELSE 350 END AS worth
    ) is_worth
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN o.kind = 4 THEN
                CASE
                    WHEN s.kind = 4 THEN worth + 80
                    WHEN s.kind IS NULL AND stands = 2 THEN worth + 80
                    WHEN s.eligible AND (s.kind IS NULL OR s.kind = 0) THEN worth END
            WHEN s.kind IS NOT NULL AND s.kind <> o.kind THEN
                CASE WHEN o.kind = 2 AND s.kind = 1 THEN worth END
            WHEN stands = 0 AND o.kind <> 2 THEN NULL
            ELSE worth + CASE WHEN s.kind IS NULL AND o.kind <> 0 THEN 60 ELSE 80 END
            END AS points,
            CASE WHEN o.kind = 4 THEN
                CASE
                    WHEN s.kind = 4 THEN CASE WHEN stands >= 2 THEN 0 ELSE 16 END
                    WHEN s.kind IS NULL AND stands = 2 THEN 0
                    ELSE 16 END
            WHEN s.kind IS NOT NULL AND s.kind <> o.kind THEN 8
            WHEN stands = 0 THEN 8
            WHEN stands = 1 THEN 1
            ELSE 0 END AS let_go
    ) trade
    CROSS JOIN LATERAL (
        SELECT
            CASE
                WHEN o.county IS NULL THEN
                    CASE
                        WHEN s.has_away THEN CASE WHEN o.away = ANY (s.away) THEN 220 END
                        WHEN cardinality(s.counties) = 0 THEN 40 END
                WHEN o.county = ANY (s.counties) THEN
                    CASE
                        WHEN o.town = ANY (s.towns) THEN 250
                        WHEN s.has_towns THEN 180
                        ELSE 220 END
                WHEN cardinality(s.counties) > 0 THEN
                    CASE WHEN o.county = ANY (s.near) THEN 120 END
                WHEN s.has_away THEN NULL
                WHEN o.county = s.home THEN CASE WHEN o.town = ANY (s.towns) THEN 250 ELSE 220 END
                WHEN o.county = ANY (s.near) THEN 150
                ELSE 80 END AS points,
            CASE
                WHEN o.county IS NULL OR o.county = ANY (s.counties) THEN 0
                WHEN cardinality(s.counties) > 0 THEN 2
                ELSE 0 END AS let_go
    ) place
    CROSS JOIN LATERAL (
        SELECT
            CASE
                WHEN s.pay = 0 THEN CASE WHEN o.pay = 0 THEN 100 ELSE 150 END
                WHEN o.pay = 0 THEN 100
                WHEN o.pay * 4 >= s.pay * 5 THEN 200
                WHEN o.pay >= s.pay THEN 170
                WHEN o.pay * 5 >= s.pay * 4 THEN 60 END AS points,
            CASE WHEN s.pay > 0 AND o.pay > 0 AND o.pay < s.pay THEN 4 ELSE 0 END AS let_go
    ) pay
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN s.housing AND o.housing IS NOT TRUE OR s.meals AND o.meals IS FALSE THEN NULL
            ELSE CASE WHEN o.housing THEN 40 ELSE 25 END + CASE WHEN o.meals THEN 30 ELSE 15 END
            END AS points
    ) board
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN s.hours = 0 OR o.hours = 0 THEN 25
            WHEN s.hours & o.hours = o.hours THEN 50
            WHEN s.hours & o.hours > 0 THEN 25
            ELSE 0 END AS points
    ) hours
    WHERE (o.trade = ANY (s.likely) OR o.kind IN (2, 4))
        AND o.region = ANY (s.regions)
        AND NOT (s.youth = 2 OR s.youth = 1 AND o.adults)
        AND trade.points + place.points + pay.points + board.points IS NOT NULL
    ORDER BY let_go, points DESC, number DESC
    LIMIT 3
) best
