-- Asks Symbolon's gate about a request: LuaHookAccessChecker in apache.conf.
require "apache2"
local http = require "socket.http"

local told = { "User", "Email", "Workspace", "Role", "Client", "Scope", "Token-Id", "Identity" }
local beside = { "WWW-Authenticate", "Retry-After", "RateLimit", "RateLimit-Policy" }

function check(r)
    -- What a client sends under these names is its own invention.
    for _, name in ipairs(told) do
        r.headers_in["X-Symbolon-" .. name] = nil
    end
    local asked = {
        ["X-Original-Method"] = r.method,
        ["X-Original-URL"] = "https://" .. (r.headers_in["Host"] or "") .. r.unparsed_uri,
        ["X-Forwarded-For"] = r.useragent_ip,
    }
    for _, name in ipairs({ "Authorization", "Cookie", "Origin", "Sec-Fetch-Site" }) do
        asked[name] = r.headers_in[name]
    end
    http.TIMEOUT = 2
    local body, status, headers = http.request({ url = "http://@gate@/gate/nginx", headers = asked, redirect = false })
    if not body or type(status) ~= "number" then
        -- The gate isn't there: nobody passes.
        return 503
    end
    for _, name in ipairs(beside) do
        local value = headers[name:lower()]
        if value then
            r.err_headers_out[name] = value
        end
    end
    if status ~= 200 then
        return status
    end
    for _, name in ipairs(told) do
        local value = headers["x-symbolon-" .. name:lower()]
        if value then
            r.headers_in["X-Symbolon-" .. name] = value
        end
    end
    return apache2.OK
end
