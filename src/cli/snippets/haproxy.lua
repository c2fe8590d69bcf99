-- Asks Symbolon's gate about a request; haproxy.cfg acts on what is found in txn.symbolon_*.
local told = { "user", "email", "workspace", "role", "client", "scope", "token-id", "identity" }
local beside = { "www-authenticate", "retry-after", "ratelimit", "ratelimit-policy" }

core.register_action("symbolon", { "http-req" }, function(txn)
    local sent = txn.http:req_get_headers()
    local asked = {
        ["host"] = { "@gate@" },
        ["x-original-method"] = { txn.f:method() },
        ["x-original-url"] = { "https://" .. ((sent["host"] or {})[0] or "") .. txn.f:pathq() },
        ["x-forwarded-for"] = { txn.f:src() },
    }
    -- All values of each, so that a header that came twice is seen as such.
    for _, name in ipairs({ "authorization", "cookie", "origin", "sec-fetch-site" }) do
        if sent[name] then
            asked[name] = {}
            for n = 0, #sent[name] do
                table.insert(asked[name], sent[name][n])
            end
        end
    end
    local answer = core.httpclient():get({ url = "http://@gate@/gate/nginx", headers = asked })
    txn:set_var("txn.symbolon_status", answer.status)
    local keep = function(header, name)
        local value = answer.headers and answer.headers[header] and answer.headers[header][0]
        if value then
            txn:set_var("txn.symbolon_" .. name:gsub("-", "_"), value)
        end
    end
    for _, name in ipairs(told) do
        keep("x-symbolon-" .. name, name)
    end
    for _, name in ipairs(beside) do
        keep(name, name)
    end
end, 0)
