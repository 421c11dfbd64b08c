/** Written by `node scripts/console-schema.ts` from the API's description; do not edit. */
export interface paths {
    "/api/v1/health/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say whether Doorward is well */
        get: operations["health.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/doors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the addresses to point agents and clients at */
        get: operations["doors.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List requests for a human yes, newest first */
        get: operations["approvals.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one request whole: who asks for what, with every argument, under which rule */
        get: operations["approvals.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say yes to exactly this action, once; with --grant, to further calls like it too */
        post: operations["approvals.approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say no to an action that waits; with --stop, stop who asks for it in the same moment */
        post: operations["approvals.deny"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/arrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say by which card's one-time link you came: what you answer after names that card */
        post: operations["approvals.arrive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a request, or an approval not used yet, back */
        post: operations["approvals.withdraw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/break-glass": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** In need, let a held action through without the yes it waits for; every admin hears of it */
        post: operations["approvals.break-glass"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/reviews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List where somebody broke the glass and nobody else has looked at it yet */
        get: operations["approvals.reviews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that you have looked at broken glass, and what you found */
        post: operations["approvals.review"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/duties/now": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say who would be asked for each group at this moment, and with whose duty */
        get: operations["duties.now"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/duties": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who is away, who stands in for whom, and until when */
        get: operations["duties.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/duties/hand-over": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let somebody answer requests with your duty for a while; it is on record as that */
        post: operations["duties.hand-over"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/duties/out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Be out of office: you are not asked while others are there, or somebody stands in for you */
        post: operations["duties.out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/duties/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a duty that was handed over, or an absence, before its time */
        post: operations["duties.end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/decide-many": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer several requests at once, each by itself: what is wrong with one stops no other */
        post: operations["approvals.decide-many"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say how people are asked and how they answer: times, rates, repeats, what could be asked less */
        get: operations["approvals.stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvers/prefer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say when and how much you want to be asked; others who may answer are asked instead */
        post: operations["approvers.prefer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvers/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show when and how much you want to be asked */
        get: operations["approvers.preferences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show how often drills come, and how those that are over were answered */
        get: operations["drills.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drills/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have a request that nobody should say yes to put before approvers now and then, or never */
        post: operations["drills.set"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/grants/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one grant, and every call that it let through */
        get: operations["grants.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what approvers let through beyond one call, newest first */
        get: operations["grants.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/grants/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a grant back: from this moment each such call waits for a person again */
        post: operations["grants.revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/platforms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the platforms that a channel can be on, and what each asks for */
        get: operations["channels.platforms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the channels that cards go to, and how they are */
        get: operations["channels.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one channel: its settings, how much may leave for there, and how it is */
        get: operations["channels.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add a channel to people: prove its credentials, and send a test card there */
        post: operations["channels.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change a channel's settings, secrets, tenants, privacy or reach; another account or server there ends its links */
        post: operations["channels.set"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask a channel's platform who Doorward is there, and send a card that decides nothing */
        post: operations["channels.test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List where cards go, by group and user, best place first */
        get: operations["channels.routes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/route": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send the cards of a group or a user to a place on a channel */
        post: operations["channels.route"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/unroute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send the cards of a group or a user to a place no more */
        post: operations["channels.unroute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List which account on which channel is whose: your own, or for admins everybody's */
        get: operations["channels.links"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get a one-time code that links your own account on a channel: send it to Doorward there */
        post: operations["channels.link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/unlink": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the link of an account on a channel away: your own, or as an admin anybody's */
        post: operations["channels.unlink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/subscribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have your own browser told when a request waits for you, by a web push channel */
        post: operations["channels.subscribe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove a channel, its secrets, links and places; cards there decide nothing any more */
        post: operations["channels.remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what agents attempted, newest first, with verdict and outcome */
        get: operations["actions.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/actions/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one action: who, what, under which rule, with which end */
        get: operations["actions.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what happens at the doors, entry by entry, newest first */
        get: operations["activity.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/receipts/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a receipt as files for other people's verifiers: tlog-proof, spicy, Sigstore bundle, cosign */
        get: operations["receipts.files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/receipts/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the receipt of an action (or approval, agent, session …): its entries with their proofs */
        get: operations["receipts.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/receipts/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a receipt against this Doorward's keys; doorward-verify does it without Doorward */
        post: operations["receipts.verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show how far the ledger is: acknowledged, integrated, published */
        get: operations["ledger.status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List ledger entries, oldest first */
        get: operations["ledger.entries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the newest signed checkpoint and the keys to check it with */
        get: operations["ledger.checkpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List agents */
        get: operations["agents.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one agent */
        get: operations["agents.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/blast-radius": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what an agent could reach: tools, hosts, models, credentials, folders, at each stage */
        get: operations["agents.blast-radius"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add an agent and show its key, once */
        post: operations["agents.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/grant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let an agent ask for a tool that the policy forbids by default */
        post: operations["agents.grant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/ungrant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a granted tool away from an agent */
        post: operations["agents.ungrant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/set-stage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set what a verdict does to an agent: observe, enforce or isolate */
        post: operations["agents.set-stage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/set-owner": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let another user answer for an agent from now on; its keys and sessions stay, its webhook goes */
        post: operations["agents.set-owner"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/set-dialects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say in which dialects of text an agent's model asks for tools, so that calls in them are decided */
        post: operations["agents.set-dialects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/set-folders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open folders of an agent's host to it: its tools may read, write and run what is in them as yours */
        post: operations["agents.set-folders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/set-relay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say whether an agent's client passes on what its user types, so that it counts as claimed words */
        post: operations["agents.set-relay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show where an agent's owner hears what became of its held calls, and what was sent last */
        get: operations["agents.callback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/set-callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send what becomes of an agent's held calls to a webhook, signed: ids and states, nothing else */
        post: operations["agents.set-callback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/clear-callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take an agent's webhook back: nothing more is sent, and nothing is released while the agent is away */
        post: operations["agents.clear-callback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the keys and names by which an agent proves at /oauth/token who it is */
        get: operations["agents.credentials"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/add-credential": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let an agent prove by a key or certificate of its own, or by SPIFFE, at /oauth/token who it is */
        post: operations["agents.add-credential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/remove-credential": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a key or SPIFFE id back: its tokens die and work under them is cut */
        post: operations["agents.remove-credential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/rotate-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace every key of an agent by a new one, shown once */
        post: operations["agents.rotate-key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Revoke an agent for good: its keys die and its work in flight is cut */
        post: operations["agents.revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/stop-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop every agent you may stop, now: keys die, sessions end, work in flight is cut */
        post: operations["agents.stop-all"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the stages that agents without one of their own are in: the default and each group's */
        get: operations["stages.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stages/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set the stage of a group of agents, or the default: of those that have none of their own */
        post: operations["stages.set"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stages/clear": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a group of agents have the default stage again */
        post: operations["stages.clear"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stages/drill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try something harmless as an agent, at the real doors, and see whether its stage holds */
        post: operations["stages.drill"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stops": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what is stopped, newest first */
        get: operations["stops.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stops/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one stop */
        get: operations["stops.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stops/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop something now: its work in flight is cut, nothing new of it is let through, everything is kept */
        post: operations["stops.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stops/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a stop: what it covered may go on; nothing that was cut is sent again */
        post: operations["stops.end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stops/monitors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who has to be heard of, or something stops */
        get: operations["stops.monitors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stops/add-monitor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop something by itself when a monitor is not heard of for a while; its key is shown once */
        post: operations["stops.add-monitor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stops/remove-monitor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Wait for a monitor no more; a stop that its silence made stays */
        post: operations["stops.remove-monitor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stops/drill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a load of Doorward's own at the real doors, stop it, and measure until the last of it is cut */
        post: operations["stops.drill"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List agents' sessions, newest first */
        get: operations["sessions.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a session of its own for one run of an agent; its key is shown once */
        post: operations["sessions.start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a session: its keys die and its work in flight is cut */
        post: operations["sessions.end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mandates/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what people said a session is for */
        get: operations["mandates.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mandates/give": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say in your own words what a session of an agent is for; what they name may be acted on */
        post: operations["mandates.give"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/delegations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List delegations: your rights lent to agents, and those lent to agents of yours */
        get: operations["delegations.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/delegations/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one delegation */
        get: operations["delegations.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/delegations/grant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let an agent act for you: with a part of your rights, for a while */
        post: operations["delegations.grant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/delegations/narrow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a delegation smaller: what is given replaces what it had (servers and tools together), and may only be less */
        post: operations["delegations.narrow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/delegations/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a delegation back: it, all that was passed on of it, and the work under it end now */
        post: operations["delegations.revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the hosts that agents may reach through the http door */
        get: operations["hosts.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what an agent was granted of a host */
        get: operations["hosts.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts/grant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let an agent reach a host through the http door, to read from it or to send to it as well */
        post: operations["hosts.grant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a host away from an agent */
        post: operations["hosts.revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List MCP servers */
        get: operations["servers.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one MCP server and how its tools stand */
        get: operations["servers.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add an MCP server: pin what it runs, connect, and note its tools */
        post: operations["servers.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Complete the authorization that an MCP server asked for, and look at the server again */
        post: operations["servers.authorize"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look again at what a server runs and offers; whatever changed waits for review */
        post: operations["servers.refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/repin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept what a server runs now: install and pin it anew; changed tools wait for review */
        post: operations["servers.repin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Restart an MCP server and forget its failures */
        post: operations["servers.restart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/sandbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set what a stdio server's sandbox shows, where it leads, and whether there is one */
        post: operations["servers.sandbox"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove an MCP server, its tools, its secrets and what was installed for it */
        post: operations["servers.remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List APIs whose operations are tools at the http door */
        get: operations["apis.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apis/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one API and how its operations stand */
        get: operations["apis.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apis/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add an API by its OpenAPI document: its operations become tools that are reviewed and granted */
        post: operations["apis.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apis/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read an API's document again; operations that changed wait for review */
        post: operations["apis.refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apis/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove an API and everything reviewed of it; its hosts are governed by nobody then */
        post: operations["apis.remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ca/show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the certificate of this Doorward's own authority, which clients of the http door trust */
        get: operations["ca.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ca/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Certify a public key for localhost, so that clients can be asked whether they trust the authority */
        post: operations["ca.probe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ca/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a new certificate authority, which signs once the overlap is over: until then clients trust both */
        post: operations["ca.rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tools and prompts, and which wait for review */
        get: operations["tools.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a tool: what it says now, and what was accepted */
        get: operations["tools.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept tools as they are now, so that agents can use them as far as policy lets them */
        post: operations["tools.accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools/refuse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse tools: no agent can use them until they are accepted */
        post: operations["tools.refuse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools/classify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what a tool does to the world, where its server does not say it right */
        post: operations["tools.classify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/manifests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what is known of each tool: what it does, and whose words its results are */
        get: operations["manifests.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/manifests/show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what is known of one tool, and as a file to edit */
        get: operations["manifests.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/manifests/init": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Propose what the tools of a server do, from their names and schemas, for a person to review */
        post: operations["manifests.init"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/manifests/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put proposed manifests in force, for exactly the definitions that they were proposed for */
        post: operations["manifests.accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/manifests/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what tools of a server do, in place of what was proposed; in force at once */
        post: operations["manifests.set"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/manifests/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forget what was reviewed or proposed of tools: they are as unknown as before */
        post: operations["manifests.remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/manifests/trust-labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say whether a server's own labels of its results may loosen: it says itself whose words they are */
        post: operations["manifests.trust-labels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/upstreams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List model upstreams and how they are */
        get: operations["upstreams.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/upstreams/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one model upstream and the models it listed */
        get: operations["upstreams.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/upstreams/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add a model upstream: ask it what models it has, and let names go there */
        post: operations["upstreams.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/upstreams/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change an upstream's key, protocols or prices; what is not named stays */
        post: operations["upstreams.set"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/upstreams/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ask an upstream now how it is and what models it has, whatever its back-off */
        get: operations["upstreams.check"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/upstreams/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove a model upstream and its key; routes that name it go on without it */
        post: operations["upstreams.remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the models that an agent can ask for, by name */
        get: operations["models.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show where models' names go: targets in order, their health, back-off and prices */
        get: operations["models.routes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/registered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the models that the organisation knows: found, proposed, approved, deprecated, revoked */
        get: operations["models.registered"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one model of the register: its terms, evidence, places, proposal, and what answers under its names now */
        get: operations["models.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/found": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Report a model that was seen: nobody may use it more for that, and people see that it is there */
        post: operations["models.found"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/propose": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Propose that a model may serve: by its digest, for a purpose, with what was found out about it */
        post: operations["models.propose"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say yes to what is proposed of a model: it serves once everybody did who must */
        post: operations["models.approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say no to what is proposed of a model; what served before serves on */
        post: operations["models.deny"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/deprecate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that a model is on its way out: it serves on, and policy sees it */
        post: operations["models.deprecate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a model back: what it answers now is cut, and it serves nobody from then on, under no name */
        post: operations["models.revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleet/machines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the machines that sensors watch, with what is on each */
        get: operations["fleet.machines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleet/found": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what is on the machines that sensors watch: models, runtimes, agents, servers, accelerators */
        get: operations["fleet.found"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleet/add-sensor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the sensor of a machine tell what is on it; its key is shown once */
        post: operations["fleet.add-sensor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleet/remove-sensor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take no more reports of a machine; what it told stays on record and counts as gone */
        post: operations["fleet.remove-sensor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/set-route": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say where a model's name goes: upstreams in order, each tried when the one before it fails */
        post: operations["models.set-route"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/remove-route": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove a route: the name goes where a prefix or the upstreams' own lists say */
        post: operations["models.remove-route"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the credentials that the vault injects: where each goes, and never what it is */
        get: operations["vault.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one credential of the vault, without its secret */
        get: operations["vault.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a credential into the vault: it is injected where it is bound to, and agents never see it */
        post: operations["vault.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a credential a new secret; the old one is gone, and what was approved with it must be asked again */
        post: operations["vault.rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change where a credential may go, for which agents, or until when; what is not named stays */
        post: operations["vault.set"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove a credential from the vault, with its placeholders; its sealed secret is destroyed */
        post: operations["vault.remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/placeholder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a placeholder of a credential for one agent, for programs that want a key before they ask */
        post: operations["vault.placeholder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/placeholders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the placeholders of a credential */
        get: operations["vault.placeholders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Connect your account at a provider: agents that act for you use it, and never see its tokens */
        post: operations["vault.connect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/connected": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Complete a connection with what the provider sent your browser back with */
        post: operations["vault.connected"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a connection: its tokens are revoked at the provider, and removed here */
        post: operations["vault.disconnect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show whether the vault's process runs, and which key it holds */
        get: operations["vault.status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/rotate-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a new key-encryption key and seal every credential's key under it, in one transaction */
        post: operations["vault.rotate-key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the active policy set, or an earlier one by digest */
        get: operations["policy.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say whether a policy text parses and fits the accepted tools */
        post: operations["policy.check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run policy tests (YAML) against the active policy set, or against another text */
        post: operations["policy.test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/learn": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Propose the least policy, and manifests, that an agent's recorded actions need */
        get: operations["policy.learn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/backtest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replay recorded actions under another policy text: what would newly be allowed, held or denied */
        post: operations["policy.backtest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a policy text in force, once a person has seen what it changes */
        post: operations["policy.activate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List activations of policy sets, newest first */
        get: operations["policy.history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/why": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Explain a verdict: of an action that happened, or of one that might */
        post: operations["policy.why"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List budgets: what they allow, what is used, and when they begin anew */
        get: operations["budgets.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a budget, and who has used how much of it */
        get: operations["budgets.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Limit what may be asked of models: requests, tokens or money in a window of time */
        post: operations["budgets.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change how much a budget allows, or what going over it means */
        post: operations["budgets.set"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a budget begin to count anew now; calls under way count where they began */
        post: operations["budgets.reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove a budget and what it has counted */
        post: operations["budgets.remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List users */
        get: operations["users.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add a user: local (`login-links create` lets them in), or of the identity provider */
        post: operations["users.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/set-roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set the roles and groups of a user */
        post: operations["users.set-roles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shut a user out: no login, no token, no decision from now on */
        post: operations["users.disable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/login-links/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a one-time console login link for a user; shown once, valid 15 minutes */
        post: operations["login-links.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what began, ended or went wrong without you, newest first */
        get: operations["notices.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices/dismiss": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put your notices away, up to one of them */
        post: operations["notices.dismiss"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/provider-groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what groups of the identity provider give their members */
        get: operations["provider-groups.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/provider-groups/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give roles and groups to whoever is in a group of the identity provider, from their next sign-in on */
        post: operations["provider-groups.set"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/provider-groups/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a group of the identity provider give nothing any more; who had rights by it loses them now */
        post: operations["provider-groups.remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-ins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List where a user is signed in: browsers, terminals and tokens */
        get: operations["sign-ins.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-ins/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign a user out: everywhere, or of one browser, terminal or token */
        post: operations["sign-ins.end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your own sessions and tokens */
        get: operations["tokens.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a token for API, MCP and CLI with your own rights; shown once */
        post: operations["tokens.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Vouch in the console that you are present at a terminal of yours too, for the next minutes */
        post: operations["tokens.confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Revoke one of your own sessions or tokens */
        post: operations["tokens.revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/rotate-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign the tokens that agents get at /oauth/token with a new key from now on */
        post: operations["tokens.rotate-key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your own passkeys, and say whether you have a password */
        get: operations["credentials.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credentials/remove-passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove one of your own passkeys; your other sessions and tokens end with it */
        post: operations["credentials.remove-passkey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payloads/destroy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Destroy what is kept of a person: every argument and result under their key; proofs stay whole */
        post: operations["payloads.destroy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            code: string;
            remedy: string;
        };
        DryRun: {
            /** @constant */
            dryRun: true;
            /** @description What it would have done */
            would: string;
        };
    };
    responses: {
        /** @description What went wrong, and what to do about it (RFC 9457) */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "health.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                        version: string;
                        /** @description ISO 8601, UTC */
                        time: string;
                        policyActive: boolean;
                        /** @description Ledger entries acknowledged */
                        entries: number;
                        /** @description Ledger entries under a signed checkpoint */
                        published: number;
                        /** @description Since the start */
                        policyEngine: {
                            /** @description False once it disagreed with the official one: then both must allow */
                            trusted: boolean;
                            /** @description Decisions that the official engine made again */
                            repeated: number;
                            /** @description Decisions that it was to make again and did not */
                            missed: number;
                            disagreements: number;
                        };
                        channels: {
                            up: number;
                            /** @description Not open, or without a connection: `doorward channels list` says why */
                            down: number;
                            /** @description Cards and changes of cards that wait to be delivered */
                            queued: number;
                            oldestUnsent: string | null;
                        };
                        /** @description What somebody should see to; for people alone */
                        warnings: string[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "doors.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            door: string;
                            address: string;
                            for: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvals.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Only these */
                status?: "requested" | "approved" | "denied" | "expired" | "withdrawn" | "consumed" | "any";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            action: string;
                            status: string;
                            agent: string;
                            /**
                             * @description The agent's stage now
                             * @enum {string}
                             */
                            stage: "observe" | "enforce" | "isolate";
                            /**
                             * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                             * @enum {string}
                             */
                            bypassable: "yes" | "not seen";
                            /** @description Name of the user who answers for the agent */
                            owner: string;
                            /** @description Name of the user the agent acts for; null: for nobody, with its own rights alone */
                            onBehalfOf: string | null;
                            session: string;
                            verb: string;
                            server: string;
                            target: string;
                            effects: string[];
                            reason: string;
                            /** @description Rules that a yes would lift for this action */
                            policies: string[];
                            /** @description Its status, and of one that waits: seen by somebody who may answer, or escalated by now */
                            phase: string;
                            /** @description Each must say yes: a group, how many of it, and who not */
                            groups: string[];
                            /** @description From when on members of which group may answer too, and for which line of groups */
                            escalation: {
                                of: string;
                                group: string;
                                /** @description ISO 8601, UTC */
                                from: string;
                            }[];
                            /** @description Who may break the glass: members of every one of these; none: nobody */
                            glass: string[];
                            decisions: {
                                by: string;
                                answer: string;
                                /** @description ISO 8601, UTC */
                                at: string;
                                via: string;
                                note: string | null;
                                /** @description With whose duty, where it was not their own */
                                standsInFor: string[];
                                /** @description What that no stopped with it */
                                stopped: ("agent" | "session") | null;
                                /** @description The card, and the platform's user, where it came from a channel */
                                from: {
                                    channel: string;
                                    tenant: string | null;
                                    /** @description Null: they came by the card's link, and answered as whom they had signed in */
                                    platformUser: string | null;
                                    message: string | null;
                                    /** @default null */
                                    post: string | null;
                                } | null;
                            }[];
                            /** @description Who of those who may answer opened it, and when first */
                            seen: {
                                by: string;
                                /** @description ISO 8601, UTC */
                                at: string;
                                via: string;
                            }[];
                            withdrawnWhy: string | null;
                            /** @description ISO 8601, UTC */
                            requestedAt: string;
                            /** @description ISO 8601, UTC */
                            expiresAt: string;
                            /** @description By the gravest thing that it does: 0, nothing known, to 9 */
                            gravity: number;
                            /** @description It has values that nothing reliable names */
                            doubted: boolean;
                            /** @description Which of how many same calls of its session in this list; null: there is no other */
                            identical: {
                                nth: number;
                                of: number;
                                /** @description The oldest of them */
                                first: string;
                            } | null;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvals.get": {
        parameters: {
            query: {
                /** @description Approval request */
                approval: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        action: string;
                        status: string;
                        agent: string;
                        /**
                         * @description The agent's stage now
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        /** @description Name of the user who answers for the agent */
                        owner: string;
                        /** @description Name of the user the agent acts for; null: for nobody, with its own rights alone */
                        onBehalfOf: string | null;
                        session: string;
                        verb: string;
                        server: string;
                        target: string;
                        effects: string[];
                        reason: string;
                        /** @description Rules that a yes would lift for this action */
                        policies: string[];
                        /** @description Its status, and of one that waits: seen by somebody who may answer, or escalated by now */
                        phase: string;
                        /** @description Each must say yes: a group, how many of it, and who not */
                        groups: string[];
                        /** @description From when on members of which group may answer too, and for which line of groups */
                        escalation: {
                            of: string;
                            group: string;
                            /** @description ISO 8601, UTC */
                            from: string;
                        }[];
                        /** @description Who may break the glass: members of every one of these; none: nobody */
                        glass: string[];
                        decisions: {
                            by: string;
                            answer: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            via: string;
                            note: string | null;
                            /** @description With whose duty, where it was not their own */
                            standsInFor: string[];
                            /** @description What that no stopped with it */
                            stopped: ("agent" | "session") | null;
                            /** @description The card, and the platform's user, where it came from a channel */
                            from: {
                                channel: string;
                                tenant: string | null;
                                /** @description Null: they came by the card's link, and answered as whom they had signed in */
                                platformUser: string | null;
                                message: string | null;
                                /** @default null */
                                post: string | null;
                            } | null;
                        }[];
                        /** @description Who of those who may answer opened it, and when first */
                        seen: {
                            by: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            via: string;
                        }[];
                        withdrawnWhy: string | null;
                        /** @description ISO 8601, UTC */
                        requestedAt: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                        /** @description What was known of its values; null where they were not traced */
                        flow: {
                            /** @description A manifest is in force for the tool */
                            labelled: boolean;
                            effect: string;
                            /** @description attested, claimed or none: whether the user's words are known */
                            mandate: string;
                            /** @description The session had seen what others wrote */
                            tainted: boolean;
                            /** @description More was seen than is kept: only the user's own words counted */
                            overflowed: boolean;
                            /** @description The user's words ask for this kind of deed */
                            asked: boolean;
                            /** @description beyond: its content would reach somebody who may not read it */
                            readers: string;
                            /** @description What others wrote and the content passes on */
                            carries: string[];
                            /** @description Where the values of each role came from */
                            origins: {
                                [key: string]: string[];
                            };
                        } | null;
                        /** @description Each value that nothing reliable names; empty where they are not yours to see or not kept */
                        doubts: {
                            argument: string;
                            role: string;
                            /** @description Its beginning, where it is long */
                            value: string;
                            /** @description untrusted: seen in what others wrote; model: seen nowhere */
                            origin: string;
                            /** @description Tools, and other places, in whose text it was seen */
                            seenIn: string[];
                            /** @description The same as a sentence */
                            words: string;
                        }[];
                        /** @description Each must have all it needs */
                        progress: {
                            /** @description As the rule says it: the group, how many of it, who not */
                            group: string;
                            needed: number;
                            /** @description Yes so far, of different people */
                            given: number;
                            /** @description Who may answer for it too by now */
                            since: {
                                group: string;
                                /** @description ISO 8601, UTC */
                                from: string;
                            }[];
                        }[];
                        /** @description Names of those who are asked at this moment */
                        asked: string[];
                        /** @description When that changes by time alone */
                        askedUntil: string | null;
                        youMayAnswer: boolean;
                        youMayBreakGlass: boolean;
                        /** @description Your no may stop the agent that asks, or this session of it, too */
                        youMayStop: boolean;
                        /** @description How far your yes may reach beyond this call; null: no further */
                        mayGrant: {
                            scopes: ("session" | "destination" | "pattern")[];
                            /** @description How often at most, beyond this call */
                            timesMax: number;
                            /** @description How long at most, as 8h */
                            expiresAfter: string;
                            /** @description Arguments that a pattern may leave open */
                            varies: string[];
                        } | null;
                        /** @description Names of the users whom its decisions and sightings name by id */
                        people: {
                            [key: string]: string;
                        };
                        /** @description Its card as lines of text */
                        text: string;
                        card: {
                            /** @description What would happen, in words that a person reviewed */
                            title: string;
                            status: {
                                /** @enum {string} */
                                kind: "open" | "approved" | "denied" | "expired" | "withdrawn" | "used" | "told";
                                text: string;
                            };
                            sections: ({
                                /** @constant */
                                kind: "text";
                                text: string;
                            } | {
                                /** @constant */
                                kind: "fields";
                                fields: {
                                    label: string;
                                    value: string;
                                }[];
                            } | {
                                /** @constant */
                                kind: "warning";
                                text: string;
                            } | {
                                /** @constant */
                                kind: "verbatim";
                                label: string;
                                text: string;
                            } | {
                                /** @constant */
                                kind: "claim";
                                who: string;
                                text: string;
                            })[];
                            /** @description Every argument that decides stands on it whole */
                            whole: boolean;
                            /** @description Arguments that name what can change after a yes: while there are any, nobody can approve it */
                            unbound: string[];
                            /** @description SHA-256 over the RFC 8785 form of what it shows */
                            digest: string;
                        };
                        /** @description Everything the agent asked for, whole; null where it is not yours to see or not kept */
                        arguments: unknown;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvals.approve": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Approval request */
                    approval: string;
                    /** @description Why, for the record (kept sealed, apart from the ledger) */
                    note?: string;
                    /**
                     * @description Let further such calls through too: the tool in this session, to the same destination, or with the arguments of --varies open
                     * @enum {string}
                     */
                    grant?: "session" | "destination" | "pattern";
                    /**
                     * @description With --grant pattern: the arguments that may be anything
                     * @default []
                     */
                    varies?: string[];
                    /** @description With --grant: how often, beyond this call */
                    times?: number;
                    /** @description With --grant: how long, as 30m, 8h or 2d, or until a time */
                    until?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        action: string;
                        status: string;
                        agent: string;
                        /**
                         * @description The agent's stage now
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        /** @description Name of the user who answers for the agent */
                        owner: string;
                        /** @description Name of the user the agent acts for; null: for nobody, with its own rights alone */
                        onBehalfOf: string | null;
                        session: string;
                        verb: string;
                        server: string;
                        target: string;
                        effects: string[];
                        reason: string;
                        /** @description Rules that a yes would lift for this action */
                        policies: string[];
                        /** @description Its status, and of one that waits: seen by somebody who may answer, or escalated by now */
                        phase: string;
                        /** @description Each must say yes: a group, how many of it, and who not */
                        groups: string[];
                        /** @description From when on members of which group may answer too, and for which line of groups */
                        escalation: {
                            of: string;
                            group: string;
                            /** @description ISO 8601, UTC */
                            from: string;
                        }[];
                        /** @description Who may break the glass: members of every one of these; none: nobody */
                        glass: string[];
                        decisions: {
                            by: string;
                            answer: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            via: string;
                            note: string | null;
                            /** @description With whose duty, where it was not their own */
                            standsInFor: string[];
                            /** @description What that no stopped with it */
                            stopped: ("agent" | "session") | null;
                            /** @description The card, and the platform's user, where it came from a channel */
                            from: {
                                channel: string;
                                tenant: string | null;
                                /** @description Null: they came by the card's link, and answered as whom they had signed in */
                                platformUser: string | null;
                                message: string | null;
                                /** @default null */
                                post: string | null;
                            } | null;
                        }[];
                        /** @description Who of those who may answer opened it, and when first */
                        seen: {
                            by: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            via: string;
                        }[];
                        withdrawnWhy: string | null;
                        /** @description ISO 8601, UTC */
                        requestedAt: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                        /** @description What further calls go through with; null: this action alone */
                        grant: string | null;
                        /** @description That this was a drill, and what to stop at; null: it was none */
                        drill: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvals.deny": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Approval request */
                    approval: string;
                    /** @description Why, for the record (kept sealed, apart from the ledger) */
                    note?: string;
                    /**
                     * @description With the same no, stop the agent that asks, or only this session of it
                     * @enum {string}
                     */
                    stop?: "agent" | "session";
                    /** @description With --stop: why, told to whoever is refused, and kept for the record */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        action: string;
                        status: string;
                        agent: string;
                        /**
                         * @description The agent's stage now
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        /** @description Name of the user who answers for the agent */
                        owner: string;
                        /** @description Name of the user the agent acts for; null: for nobody, with its own rights alone */
                        onBehalfOf: string | null;
                        session: string;
                        verb: string;
                        server: string;
                        target: string;
                        effects: string[];
                        reason: string;
                        /** @description Rules that a yes would lift for this action */
                        policies: string[];
                        /** @description Its status, and of one that waits: seen by somebody who may answer, or escalated by now */
                        phase: string;
                        /** @description Each must say yes: a group, how many of it, and who not */
                        groups: string[];
                        /** @description From when on members of which group may answer too, and for which line of groups */
                        escalation: {
                            of: string;
                            group: string;
                            /** @description ISO 8601, UTC */
                            from: string;
                        }[];
                        /** @description Who may break the glass: members of every one of these; none: nobody */
                        glass: string[];
                        decisions: {
                            by: string;
                            answer: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            via: string;
                            note: string | null;
                            /** @description With whose duty, where it was not their own */
                            standsInFor: string[];
                            /** @description What that no stopped with it */
                            stopped: ("agent" | "session") | null;
                            /** @description The card, and the platform's user, where it came from a channel */
                            from: {
                                channel: string;
                                tenant: string | null;
                                /** @description Null: they came by the card's link, and answered as whom they had signed in */
                                platformUser: string | null;
                                message: string | null;
                                /** @default null */
                                post: string | null;
                            } | null;
                        }[];
                        /** @description Who of those who may answer opened it, and when first */
                        seen: {
                            by: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            via: string;
                        }[];
                        withdrawnWhy: string | null;
                        /** @description ISO 8601, UTC */
                        requestedAt: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                        /** @description Id of the stop that came with it; null: nothing was stopped */
                        stop: string | null;
                        /** @description That this was a drill, and what to stop at; null: it was none */
                        drill: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvals.arrive": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Approval request */
                    approval: string;
                    /** @description What stands in the card's address after `link=` */
                    link: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        approval: string;
                        /**
                         * @description counted: answers of this sign-in name the card that the link stood on; used: it was opened before, and proves nothing; over: the request does not wait any more
                         * @enum {string}
                         */
                        state: "counted" | "used" | "over";
                        /** @description Name of the channel that the card stands on */
                        channel: string;
                        post: string;
                        /** @description The card, as the platform names it */
                        message: string | null;
                        /** @description Name of the user who opened it first */
                        usedBy: string | null;
                        usedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvals.withdraw": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Approval request */
                    approval: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        action: string;
                        status: string;
                        agent: string;
                        /**
                         * @description The agent's stage now
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        /** @description Name of the user who answers for the agent */
                        owner: string;
                        /** @description Name of the user the agent acts for; null: for nobody, with its own rights alone */
                        onBehalfOf: string | null;
                        session: string;
                        verb: string;
                        server: string;
                        target: string;
                        effects: string[];
                        reason: string;
                        /** @description Rules that a yes would lift for this action */
                        policies: string[];
                        /** @description Its status, and of one that waits: seen by somebody who may answer, or escalated by now */
                        phase: string;
                        /** @description Each must say yes: a group, how many of it, and who not */
                        groups: string[];
                        /** @description From when on members of which group may answer too, and for which line of groups */
                        escalation: {
                            of: string;
                            group: string;
                            /** @description ISO 8601, UTC */
                            from: string;
                        }[];
                        /** @description Who may break the glass: members of every one of these; none: nobody */
                        glass: string[];
                        decisions: {
                            by: string;
                            answer: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            via: string;
                            note: string | null;
                            /** @description With whose duty, where it was not their own */
                            standsInFor: string[];
                            /** @description What that no stopped with it */
                            stopped: ("agent" | "session") | null;
                            /** @description The card, and the platform's user, where it came from a channel */
                            from: {
                                channel: string;
                                tenant: string | null;
                                /** @description Null: they came by the card's link, and answered as whom they had signed in */
                                platformUser: string | null;
                                message: string | null;
                                /** @default null */
                                post: string | null;
                            } | null;
                        }[];
                        /** @description Who of those who may answer opened it, and when first */
                        seen: {
                            by: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            via: string;
                        }[];
                        withdrawnWhy: string | null;
                        /** @description ISO 8601, UTC */
                        requestedAt: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvals.break-glass": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Approval request */
                    approval: string;
                    /** @description Why nobody can be waited for; kept, and read by whoever reviews it */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        action: string;
                        status: string;
                        agent: string;
                        /**
                         * @description The agent's stage now
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        /** @description Name of the user who answers for the agent */
                        owner: string;
                        /** @description Name of the user the agent acts for; null: for nobody, with its own rights alone */
                        onBehalfOf: string | null;
                        session: string;
                        verb: string;
                        server: string;
                        target: string;
                        effects: string[];
                        reason: string;
                        /** @description Rules that a yes would lift for this action */
                        policies: string[];
                        /** @description Its status, and of one that waits: seen by somebody who may answer, or escalated by now */
                        phase: string;
                        /** @description Each must say yes: a group, how many of it, and who not */
                        groups: string[];
                        /** @description From when on members of which group may answer too, and for which line of groups */
                        escalation: {
                            of: string;
                            group: string;
                            /** @description ISO 8601, UTC */
                            from: string;
                        }[];
                        /** @description Who may break the glass: members of every one of these; none: nobody */
                        glass: string[];
                        decisions: {
                            by: string;
                            answer: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            via: string;
                            note: string | null;
                            /** @description With whose duty, where it was not their own */
                            standsInFor: string[];
                            /** @description What that no stopped with it */
                            stopped: ("agent" | "session") | null;
                            /** @description The card, and the platform's user, where it came from a channel */
                            from: {
                                channel: string;
                                tenant: string | null;
                                /** @description Null: they came by the card's link, and answered as whom they had signed in */
                                platformUser: string | null;
                                message: string | null;
                                /** @default null */
                                post: string | null;
                            } | null;
                        }[];
                        /** @description Who of those who may answer opened it, and when first */
                        seen: {
                            by: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            via: string;
                        }[];
                        withdrawnWhy: string | null;
                        /** @description ISO 8601, UTC */
                        requestedAt: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvals.reviews": {
        parameters: {
            query?: {
                /** @description Those too that were reviewed */
                all?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            approval: string;
                            agent: string;
                            server: string;
                            target: string;
                            status: string;
                            brokenBy: string;
                            reason: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            reviewedBy: string | null;
                            reviewedAt: string | null;
                            note: string | null;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvals.review": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Approval request */
                    approval: string;
                    /** @description What you found, for the record */
                    note: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        approval: string;
                        agent: string;
                        server: string;
                        target: string;
                        status: string;
                        brokenBy: string;
                        reason: string;
                        /** @description ISO 8601, UTC */
                        at: string;
                        reviewedBy: string | null;
                        reviewedAt: string | null;
                        note: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "duties.now": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            group: string;
                            /** @description Names of those whom a request of this group would reach now */
                            asked: string[];
                            /** @description Who of them answers with whose duty */
                            standsIn: {
                                user: string;
                                for: string;
                            }[];
                            /** @description Names of its members who are out, with or without a stand-in */
                            away: string[];
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "duties.list": {
        parameters: {
            query?: {
                /** @description Those too that are over */
                all?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            /** @description Who is away */
                            user: string;
                            /** @description Of which group; null: of all of theirs */
                            group: string | null;
                            /** @description Who stands in; null: nobody */
                            to: string | null;
                            /** @description ISO 8601, UTC */
                            from: string;
                            /** @description ISO 8601, UTC */
                            until: string;
                            /** @enum {string} */
                            state: "now" | "coming" | "over";
                            setBy: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "duties.hand-over": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description User, by name or id */
                    to: string;
                    /** @description How long, as 8h or 14d, or until a time */
                    until: string;
                    /** @description Of this group alone; of all of theirs, if left out */
                    group?: string;
                    /** @description From a time on; now, if left out */
                    from?: string;
                    /** @description Whose; yours, if left out. Of others: admins */
                    of?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Who is away */
                        user: string;
                        /** @description Of which group; null: of all of theirs */
                        group: string | null;
                        /** @description Who stands in; null: nobody */
                        to: string | null;
                        /** @description ISO 8601, UTC */
                        from: string;
                        /** @description ISO 8601, UTC */
                        until: string;
                        /** @enum {string} */
                        state: "now" | "coming" | "over";
                        setBy: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "duties.out": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description How long, as 8h or 14d, or until a time */
                    until: string;
                    /** @description Who stands in for you, by name or id */
                    to?: string;
                    /** @description From a time on; now, if left out */
                    from?: string;
                    /** @description Whose; yours, if left out. Of others: admins */
                    of?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Who is away */
                        user: string;
                        /** @description Of which group; null: of all of theirs */
                        group: string | null;
                        /** @description Who stands in; null: nobody */
                        to: string | null;
                        /** @description ISO 8601, UTC */
                        from: string;
                        /** @description ISO 8601, UTC */
                        until: string;
                        /** @enum {string} */
                        state: "now" | "coming" | "over";
                        setBy: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "duties.end": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Duty */
                    duty: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Who is away */
                        user: string;
                        /** @description Of which group; null: of all of theirs */
                        group: string | null;
                        /** @description Who stands in; null: nobody */
                        to: string | null;
                        /** @description ISO 8601, UTC */
                        from: string;
                        /** @description ISO 8601, UTC */
                        until: string;
                        /** @enum {string} */
                        state: "now" | "coming" | "over";
                        setBy: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvals.decide-many": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Say yes to these, each for its own action, once
                     * @default []
                     */
                    approve?: string[];
                    /**
                     * @description Say no to these
                     * @default []
                     */
                    deny?: string[];
                    /** @description Why, for the record (kept sealed, apart from the ledger) */
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In the order given, approvals first */
                        items: {
                            approval: string;
                            /** @enum {string} */
                            answer: "approve" | "deny";
                            /** @description Whether this answer counts */
                            kept: boolean;
                            /** @description Of the request now; null where the answer does not count */
                            status: string | null;
                            /** @description Why it does not count */
                            code: string | null;
                            reason: string | null;
                            /** @description That this was a drill, and what to stop at; null: it was none */
                            drill: string | null;
                        }[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvals.stats": {
        parameters: {
            query?: {
                /** @description From when on: as 30d, 12h or 90m before now, or a time such as 2026-11-01T00:00:00Z */
                since?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description ISO 8601, UTC */
                        from: string;
                        /** @description ISO 8601, UTC */
                        until: string;
                        requests: number;
                        approved: number;
                        denied: number;
                        expired: number;
                        withdrawn: number;
                        open: number;
                        /** @description From request to the answer that ended it: half took no longer */
                        medianMs: number | null;
                        /** @description Nine of ten took no longer */
                        p90Ms: number | null;
                        /** @description Approved of all that people decided */
                        approvalRate: number | null;
                        answers: number;
                        /** @description Answers within 3 seconds of when the card could first be read */
                        fast: number;
                        tools: {
                            tool: string;
                            requests: number;
                            approved: number;
                            denied: number;
                            /** @description Requests for exactly a call that was asked for before */
                            repeats: number;
                        }[];
                        approvers: {
                            /** @description Name of the user */
                            user: string;
                            answers: number;
                            yes: number;
                            fast: number;
                            /** @description From when the card could be read */
                            medianMs: number | null;
                            cardsPerDay: number;
                            warnings: ("always-yes" | "fast" | "drill-approved")[];
                        }[];
                        rules: {
                            policy: string;
                            decided: number;
                            approved: number;
                        }[];
                        drills: {
                            asked: number;
                            denied: number;
                            approved: number;
                            unanswered: number;
                        };
                        /** @description How fewer would have to be asked, as sentences */
                        suggestions: string[];
                        /** @description Where a yes may mean little, as sentences */
                        warnings: string[];
                        /** @description False: there were more than 10000 requests, and the newest are counted */
                        whole: boolean;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvers.prefer": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Quiet hours, as 22:00-07:00, at most 16 hours; "none" for none */
                    quiet?: string;
                    /** @description IANA time zone, as Europe/Berlin */
                    zone?: string;
                    /** @description Most cards that wait for you at once; 0: as many as come */
                    openMax?: number;
                    /** @description Most cards a day; 0: as many as come */
                    dayMax?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description IANA time zone that the hours and days are of */
                        zone: string;
                        /** @description Quiet hours, as 22:00-07:00; null: none */
                        quiet: string | null;
                        /** @description Most cards that wait at once; null: as many as come */
                        openMax: number | null;
                        /** @description Most cards a day; null: as many as come */
                        dayMax: number | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "approvers.preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description IANA time zone that the hours and days are of */
                        zone: string;
                        /** @description Quiet hours, as 22:00-07:00; null: none */
                        quiet: string | null;
                        /** @description Most cards that wait at once; null: as many as come */
                        openMax: number | null;
                        /** @description Most cards a day; null: as many as come */
                        dayMax: number | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "drills.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description About how often, as 7d; off: never */
                        every: string;
                        /** @description Newest first; one that waits is not shown */
                        items: {
                            approval: string;
                            what: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            /** @description deny is right; null: it expired unanswered */
                            answer: string | null;
                            /** @description Name of the user */
                            by: string | null;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "drills.set": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description About how often, as 7d; off: never */
                    every: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description About how often, as 7d; off: never */
                        every: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "grants.get": {
        parameters: {
            query: {
                /** @description Grant */
                grant: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /**
                         * @description ended: with its session, agent, giver, or the policy that it was given under; see `why`
                         * @enum {string}
                         */
                        status: "active" | "used-up" | "expired" | "revoked" | "ended";
                        /** @description Why it lets nothing through any more; null while it does */
                        why: string | null;
                        agent: string;
                        /** @description Name of the user who answers for the agent */
                        owner: string;
                        server: string;
                        tool: string;
                        /**
                         * @description session: the tool again in this session; destination: to the same places; pattern: `varies` may vary
                         * @enum {string}
                         */
                        scope: "session" | "destination" | "pattern";
                        /** @description Of a pattern: the arguments that may be anything */
                        varies: string[];
                        used: number;
                        /** @description How often more it lets such a call through */
                        left: number;
                        /** @description Rules that it lifts */
                        policies: string[];
                        /** @description The session that it ends with; null: it outlives the session */
                        session: string | null;
                        /** @description The request that it was given with: it shows the first such call */
                        approval: string;
                        /** @description Name of the user who gave it */
                        by: string;
                        /** @description ISO 8601, UTC */
                        grantedAt: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                        /** @description Newest first */
                        uses: {
                            action: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "grants.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Only what lets calls through now, or all */
                status?: "active" | "any";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            /**
                             * @description ended: with its session, agent, giver, or the policy that it was given under; see `why`
                             * @enum {string}
                             */
                            status: "active" | "used-up" | "expired" | "revoked" | "ended";
                            /** @description Why it lets nothing through any more; null while it does */
                            why: string | null;
                            agent: string;
                            /** @description Name of the user who answers for the agent */
                            owner: string;
                            server: string;
                            tool: string;
                            /**
                             * @description session: the tool again in this session; destination: to the same places; pattern: `varies` may vary
                             * @enum {string}
                             */
                            scope: "session" | "destination" | "pattern";
                            /** @description Of a pattern: the arguments that may be anything */
                            varies: string[];
                            used: number;
                            /** @description How often more it lets such a call through */
                            left: number;
                            /** @description Rules that it lifts */
                            policies: string[];
                            /** @description The session that it ends with; null: it outlives the session */
                            session: string | null;
                            /** @description The request that it was given with: it shows the first such call */
                            approval: string;
                            /** @description Name of the user who gave it */
                            by: string;
                            /** @description ISO 8601, UTC */
                            grantedAt: string;
                            /** @description ISO 8601, UTC */
                            expiresAt: string;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "grants.revoke": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Grant */
                    grant: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /**
                         * @description ended: with its session, agent, giver, or the policy that it was given under; see `why`
                         * @enum {string}
                         */
                        status: "active" | "used-up" | "expired" | "revoked" | "ended";
                        /** @description Why it lets nothing through any more; null while it does */
                        why: string | null;
                        agent: string;
                        /** @description Name of the user who answers for the agent */
                        owner: string;
                        server: string;
                        tool: string;
                        /**
                         * @description session: the tool again in this session; destination: to the same places; pattern: `varies` may vary
                         * @enum {string}
                         */
                        scope: "session" | "destination" | "pattern";
                        /** @description Of a pattern: the arguments that may be anything */
                        varies: string[];
                        used: number;
                        /** @description How often more it lets such a call through */
                        left: number;
                        /** @description Rules that it lifts */
                        policies: string[];
                        /** @description The session that it ends with; null: it outlives the session */
                        session: string | null;
                        /** @description The request that it was given with: it shows the first such call */
                        approval: string;
                        /** @description Name of the user who gave it */
                        by: string;
                        /** @description ISO 8601, UTC */
                        grantedAt: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.platforms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            name: string;
                            title: string;
                            /** @description People answer by a button on the card */
                            buttons: boolean;
                            /** @description A card changes once it is decided */
                            edits: boolean;
                            /**
                             * @description connection: Doorward calls out; webhook: the platform must reach its webhook listener; none: links alone
                             * @enum {string}
                             */
                            inbound: "connection" | "webhook" | "none";
                            settings: {
                                name: string;
                                description: string;
                                required: boolean;
                            }[];
                            secrets: {
                                name: string;
                                description: string;
                            }[];
                            /** @description What a person does at the platform, in order */
                            setup: string[];
                            /** @description Where its shapes come from */
                            source: string;
                            /** @description What to set up before a channel can be on it; null: nothing is missing */
                            lacks: string | null;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            name: string;
                            platform: string;
                            /** @description Who Doorward is there, as the platform said */
                            account: string;
                            /** @description Workspaces whose people may answer; empty where the platform has none */
                            tenants: string[];
                            /**
                             * @description How much of a request may leave for there
                             * @enum {string}
                             */
                            privacy: "minimal" | "decisive" | "full";
                            /** @description Labels of values that never leave for there */
                            withheld: string[];
                            /** @description Agents that an admin said can read or post there: they are never decided there; * is every agent */
                            agentsMayReach: string[];
                            /**
                             * @description How people answer there
                             * @enum {string}
                             */
                            answers: "buttons" | "codes" | "links";
                            /**
                             * @description How answers reach Doorward
                             * @enum {string}
                             */
                            inbound: "connection" | "webhook" | "none";
                            /** @enum {string} */
                            state: "up" | "down" | "opening";
                            /** @description Why it is down, or why cards do not reach it */
                            reason: string | null;
                            /** @description Since when it is down, or since when the oldest card that does not reach it waits */
                            failingSince: string | null;
                            /** @description Cards and changes of cards that wait to be delivered */
                            queued: number;
                            /** @description When the oldest of them was first wanted */
                            oldestUnsent: string | null;
                            /** @description People linked there */
                            links: number;
                            /** @description ISO 8601, UTC */
                            addedAt: string;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.get": {
        parameters: {
            query: {
                /** @description Name of the channel */
                channel: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        platform: string;
                        /** @description Who Doorward is there, as the platform said */
                        account: string;
                        /** @description Workspaces whose people may answer; empty where the platform has none */
                        tenants: string[];
                        /**
                         * @description How much of a request may leave for there
                         * @enum {string}
                         */
                        privacy: "minimal" | "decisive" | "full";
                        /** @description Labels of values that never leave for there */
                        withheld: string[];
                        /** @description Agents that an admin said can read or post there: they are never decided there; * is every agent */
                        agentsMayReach: string[];
                        /**
                         * @description How people answer there
                         * @enum {string}
                         */
                        answers: "buttons" | "codes" | "links";
                        /**
                         * @description How answers reach Doorward
                         * @enum {string}
                         */
                        inbound: "connection" | "webhook" | "none";
                        /** @enum {string} */
                        state: "up" | "down" | "opening";
                        /** @description Why it is down, or why cards do not reach it */
                        reason: string | null;
                        /** @description Since when it is down, or since when the oldest card that does not reach it waits */
                        failingSince: string | null;
                        /** @description Cards and changes of cards that wait to be delivered */
                        queued: number;
                        /** @description When the oldest of them was first wanted */
                        oldestUnsent: string | null;
                        /** @description People linked there */
                        links: number;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        /** @description Without its secrets */
                        settings: {
                            [key: string]: unknown;
                        };
                        /** @description The address that the platform must reach; null where it needs none, or there is no listener */
                        webhook: string | null;
                        /** @description Servers that were there when an admin last said who may reach it */
                        clearedServers: string[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.add": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Platform: `doorward channels platforms` lists them */
                    platform: string;
                    /** @description Name of the channel (default: the platform's) */
                    name?: string;
                    /**
                     * @description Settings of the platform, NAME=VALUE; `doorward channels platforms` lists them
                     * @default {}
                     */
                    settings?: {
                        [key: string]: string;
                    };
                    /** @description Its secrets, NAME=VALUE on lines of their own, or JSON; the value alone where there is one; kept sealed */
                    secrets?: string;
                    /** @description Workspaces, guilds or tenants whose people may answer (default: the one that Doorward is in) */
                    tenants?: string[];
                    /**
                     * @description What may leave for there: minimal (tool, agent, risk), decisive (what a decision needs), full
                     * @default decisive
                     * @enum {string}
                     */
                    privacy?: "minimal" | "decisive" | "full";
                    /**
                     * @description Values never shown there, by label: role:path, origin:untrusted, readers:restricted, server:NAME
                     * @default []
                     */
                    withheld?: string[];
                    /** @description Agents that can read or post there by means Doorward does not see (* is every agent, none is none): nothing of theirs is decided there */
                    agentsMayReach?: ("*" | "none" | string)[];
                    /** @description Where to send a test card: room:C0123 or person:U0123 */
                    testTo?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        platform: string;
                        /** @description Who Doorward is there, as the platform said */
                        account: string;
                        /** @description Workspaces whose people may answer; empty where the platform has none */
                        tenants: string[];
                        /**
                         * @description How much of a request may leave for there
                         * @enum {string}
                         */
                        privacy: "minimal" | "decisive" | "full";
                        /** @description Labels of values that never leave for there */
                        withheld: string[];
                        /** @description Agents that an admin said can read or post there: they are never decided there; * is every agent */
                        agentsMayReach: string[];
                        /**
                         * @description How people answer there
                         * @enum {string}
                         */
                        answers: "buttons" | "codes" | "links";
                        /**
                         * @description How answers reach Doorward
                         * @enum {string}
                         */
                        inbound: "connection" | "webhook" | "none";
                        /** @enum {string} */
                        state: "up" | "down" | "opening";
                        /** @description Why it is down, or why cards do not reach it */
                        reason: string | null;
                        /** @description Since when it is down, or since when the oldest card that does not reach it waits */
                        failingSince: string | null;
                        /** @description Cards and changes of cards that wait to be delivered */
                        queued: number;
                        /** @description When the oldest of them was first wanted */
                        oldestUnsent: string | null;
                        /** @description People linked there */
                        links: number;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        /** @description Without its secrets */
                        settings: {
                            [key: string]: unknown;
                        };
                        /** @description The address that the platform must reach; null where it needs none, or there is no listener */
                        webhook: string | null;
                        /** @description Servers that were there when an admin last said who may reach it */
                        clearedServers: string[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.set": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the channel */
                    channel: string;
                    /** @description Settings of the platform, NAME=VALUE; `doorward channels platforms` lists them */
                    settings?: {
                        [key: string]: string;
                    };
                    /** @description Its secrets, NAME=VALUE on lines of their own, or JSON; the value alone where there is one; kept sealed */
                    secrets?: string;
                    /** @description Workspaces, guilds or tenants whose people may answer (default: the one that Doorward is in) */
                    tenants?: string[];
                    /**
                     * @description What may leave for there: minimal (tool, agent, risk), decisive (what a decision needs), full
                     * @enum {string}
                     */
                    privacy?: "minimal" | "decisive" | "full";
                    /** @description Values never shown there, by label: role:path, origin:untrusted, readers:restricted, server:NAME */
                    withheld?: string[];
                    /** @description Agents that can read or post there by means Doorward does not see (* is every agent, none is none): nothing of theirs is decided there */
                    agentsMayReach?: ("*" | "none" | string)[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        platform: string;
                        /** @description Who Doorward is there, as the platform said */
                        account: string;
                        /** @description Workspaces whose people may answer; empty where the platform has none */
                        tenants: string[];
                        /**
                         * @description How much of a request may leave for there
                         * @enum {string}
                         */
                        privacy: "minimal" | "decisive" | "full";
                        /** @description Labels of values that never leave for there */
                        withheld: string[];
                        /** @description Agents that an admin said can read or post there: they are never decided there; * is every agent */
                        agentsMayReach: string[];
                        /**
                         * @description How people answer there
                         * @enum {string}
                         */
                        answers: "buttons" | "codes" | "links";
                        /**
                         * @description How answers reach Doorward
                         * @enum {string}
                         */
                        inbound: "connection" | "webhook" | "none";
                        /** @enum {string} */
                        state: "up" | "down" | "opening";
                        /** @description Why it is down, or why cards do not reach it */
                        reason: string | null;
                        /** @description Since when it is down, or since when the oldest card that does not reach it waits */
                        failingSince: string | null;
                        /** @description Cards and changes of cards that wait to be delivered */
                        queued: number;
                        /** @description When the oldest of them was first wanted */
                        oldestUnsent: string | null;
                        /** @description People linked there */
                        links: number;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        /** @description Without its secrets */
                        settings: {
                            [key: string]: unknown;
                        };
                        /** @description The address that the platform must reach; null where it needs none, or there is no listener */
                        webhook: string | null;
                        /** @description Servers that were there when an admin last said who may reach it */
                        clearedServers: string[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.test": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the channel */
                    channel: string;
                    /** @description Room or person (default: you, where you are linked; else the first place of its routes) */
                    to?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        channel: string;
                        account: string;
                        tenant: string | null;
                        /** @description Null: it knows no place to send a card to */
                        sentTo: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description `group:NAME` or `user:NAME` */
                            for: string;
                            channel: string;
                            /** @description `room:ID` or `person:ID` */
                            place: string;
                            /** @description 0 is tried first; the next where it cannot be reached, or nobody looks */
                            preference: number;
                            /** @description ISO 8601, UTC */
                            changedAt: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.route": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Group whose cards go there */
                    group?: string;
                    /** @description User whose cards go there, by name or id */
                    user?: string;
                    /** @description Name of the channel */
                    channel: string;
                    /** @description Room or person there, by the platform's own id: C0123, room:C0123 or person:U0123 */
                    place: string;
                    /** @description 0 is tried first (default: after those there are) */
                    preference?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description `group:NAME` or `user:NAME` */
                        for: string;
                        channel: string;
                        /** @description `room:ID` or `person:ID` */
                        place: string;
                        /** @description 0 is tried first; the next where it cannot be reached, or nobody looks */
                        preference: number;
                        /** @description ISO 8601, UTC */
                        changedAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.unroute": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Group whose cards go there */
                    group?: string;
                    /** @description User whose cards go there, by name or id */
                    user?: string;
                    /** @description Name of the channel */
                    channel: string;
                    /** @description Room or person there, by the platform's own id: C0123, room:C0123 or person:U0123 */
                    place: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description `group:NAME` or `user:NAME` */
                        for: string;
                        channel: string;
                        /** @description `room:ID` or `person:ID` */
                        place: string;
                        /** @description 0 is tried first; the next where it cannot be reached, or nobody looks */
                        preference: number;
                        /** @description ISO 8601, UTC */
                        changedAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.links": {
        parameters: {
            query?: {
                /** @description Name of the channel */
                channel?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            channel: string;
                            user: string;
                            /** @description Who they are there: the platform's own id */
                            account: string;
                            /** @description What the platform called them when they linked; nothing is decided by it */
                            name: string;
                            tenant: string | null;
                            verifiedBy: string;
                            /** @description ISO 8601, UTC */
                            verifiedAt: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.link": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the channel */
                    channel: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        channel: string;
                        /** @description What to send, exactly */
                        send: string;
                        /** @description Who Doorward is there */
                        to: string;
                        /** @description In which conversation, in a sentence */
                        where: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.unlink": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the channel */
                    channel: string;
                    /** @description Whose link, by name or id (default: yours) */
                    user?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        channel: string;
                        /** @description How many accounts were linked there */
                        removed: number;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.subscribe": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the channel */
                    channel: string;
                    /** @description The browser's subscription, as JSON (`PushSubscription.toJSON()`) */
                    subscription: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        channel: string;
                        /** @description Your browsers on this channel now */
                        browsers: number;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "channels.remove": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the channel */
                    channel: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "actions.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Agent, by name or id */
                agent?: string;
                /** @description Short name of the MCP server */
                server?: string;
                /** @description Only these */
                verdict?: "allow" | "deny" | "hold";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            agent: string;
                            session: string;
                            /** @description The agent's stage when it was decided */
                            stage: string;
                            /**
                             * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                             * @enum {string}
                             */
                            bypassable: "yes" | "not seen";
                            verb: string;
                            server: string;
                            /** @description Tool or prompt; null for resources, whose address may name a person */
                            name: string | null;
                            effects: string[];
                            /** @description allow, deny or hold */
                            verdict: string;
                            /** @description Of a denial */
                            code: string | null;
                            /** @description Rules that determined it; empty where none spoke and silence denied */
                            policies: string[];
                            policySet: string;
                            approval: string | null;
                            /** @description ok, error, not-sent or unknown; null while there is none */
                            outcome: string | null;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "actions.get": {
        parameters: {
            query: {
                /** @description Action */
                action: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description ISO 8601, UTC */
                        at: string;
                        agent: string;
                        session: string;
                        /** @description The agent's stage when it was decided */
                        stage: string;
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        verb: string;
                        server: string;
                        /** @description Tool or prompt; null for resources, whose address may name a person */
                        name: string | null;
                        effects: string[];
                        /** @description allow, deny or hold */
                        verdict: string;
                        /** @description Of a denial */
                        code: string | null;
                        /** @description Rules that determined it; empty where none spoke and silence denied */
                        policies: string[];
                        policySet: string;
                        approval: string | null;
                        /** @description ok, error, not-sent or unknown; null while there is none */
                        outcome: string | null;
                        /** @description llm or mcp */
                        door: string | null;
                        /** @description Name of the user the agent acted for; null: for nobody */
                        onBehalfOf: string | null;
                        /** @description The model that was asked, or that asked for this call */
                        model: string | null;
                        /** @description Tokens, where a model's answer said them */
                        usage: {
                            inputTokens: number | null;
                            outputTokens: number | null;
                        } | null;
                        /** @description What it came to, in millionths of a US dollar */
                        costMicroUsd: number | null;
                        durationMs: number | null;
                        /** @description The grant under which it was let through, as `grants get` takes it; null: none */
                        grant: string | null;
                        /** @description Its entries in the ledger */
                        entries: {
                            index: number;
                            kind: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            /** @description Where it decides */
                            verdict: string | null;
                            policies: string[];
                            code: string | null;
                            /** @description Of an outcome, or of an approval that was decided */
                            status: string | null;
                            /** @description Name of the user who did it, where one did */
                            by: string | null;
                        }[];
                        /** @description Why it was refused or held, as the agent was told; null where it is not kept or not yours to see */
                        reason: string | null;
                        /** @description What would help, likewise */
                        remedy: string | null;
                        /** @description What was known of its values; null where they were not traced */
                        flow: {
                            /** @description A manifest is in force for the tool */
                            labelled: boolean;
                            effect: string;
                            /** @description attested, claimed or none: whether the user's words are known */
                            mandate: string;
                            /** @description The session had seen what others wrote */
                            tainted: boolean;
                            /** @description More was seen than is kept: only the user's own words counted */
                            overflowed: boolean;
                            /** @description The user's words ask for this kind of deed */
                            asked: boolean;
                            /** @description beyond: its content would reach somebody who may not read it */
                            readers: string;
                            /** @description What others wrote and the content passes on */
                            carries: string[];
                            /** @description Where the values of each role came from */
                            origins: {
                                [key: string]: string[];
                            };
                        } | null;
                        /** @description Each value that nothing reliable names; empty where they are not yours to see or not kept */
                        doubts: {
                            argument: string;
                            role: string;
                            /** @description Its beginning, where it is long */
                            value: string;
                            /** @description untrusted: seen in what others wrote; model: seen nowhere */
                            origin: string;
                            /** @description Tools, and other places, in whose text it was seen */
                            seenIn: string[];
                            /** @description The same as a sentence */
                            words: string;
                        }[];
                        /** @description What was asked; null where it is not kept, destroyed, or not yours to see */
                        arguments: unknown;
                        /** @description What came back; null likewise */
                        result: unknown;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "activity.list": {
        parameters: {
            query?: {
                /** @description Oldest first, beyond this ledger index; -1 is the beginning */
                after?: number;
                /** @description Newest first, below this ledger index (default: from the end) */
                before?: number;
                /** @description Items per page, 1 to 200; a followed list has no end */
                limit?: number;
                /** @description Agent, by name or id */
                agent?: string;
                /** @description Only through this door */
                door?: "llm" | "mcp" | "http";
                /** @description Only of this server or upstream */
                server?: string;
                /** @description Only of actions that this was decided about, their endings included */
                verdict?: "allow" | "deny" | "hold";
            };
            header?: {
                /** @description Of a stream that was cut: the id of its last event. Goes before `after`. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description Its entry's index in the ledger */
                            index: number;
                            /** @description ISO 8601, UTC */
                            at: string;
                            /** @enum {string} */
                            kind: "verdict" | "intent" | "outcome" | "proposal" | "approval.requested" | "approval.decided" | "approval.expired" | "approval.withdrawn";
                            /** @description Id of the action: actions.get and receipts.get take it */
                            action: string;
                            /** @description Name of the agent */
                            agent: string;
                            agentId: string;
                            session: string;
                            /** @description Name of the user the agent acted for; null: for nobody, with its own rights alone */
                            onBehalfOf: string | null;
                            /** @description llm or mcp */
                            door: string | null;
                            verb: string;
                            server: string;
                            /** @description Tool, prompt or model; null where it is withheld: a resource's address may name a person */
                            name: string | null;
                            effects: string[];
                            /** @description allow, deny or hold; null where this entry decides nothing */
                            verdict: string | null;
                            /** @description The action's verdict as this entry found or left it; null where none was given yet */
                            decided: string | null;
                            /** @description Of a denial */
                            code: string | null;
                            /** @description Rules that determined it */
                            policies: string[];
                            /** @description Id of the request for a human yes */
                            approval: string | null;
                            /** @description How it ended: of an outcome, or of an approval that was decided */
                            status: string | null;
                            durationMs: number | null;
                            /** @description The model that was asked, or that asked for this call */
                            model: string | null;
                            /** @description Tokens, where a model's answer said them */
                            usage: {
                                inputTokens: number | null;
                                outputTokens: number | null;
                            } | null;
                        }[];
                        /** @description Index to go on from: give it as `before` (as `after`, where that was given); null at the end */
                        next: number | null;
                        /** @description Index of the ledger's last entry by now: follow from here */
                        head: number;
                    };
                    "text/event-stream": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "receipts.files": {
        parameters: {
            query: {
                /** @description Id of the action, approval or other subject */
                id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        subject: string;
                        items: {
                            name: string;
                            text: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "receipts.get": {
        parameters: {
            query: {
                /** @description Id of the action, approval or other subject */
                id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        subject: string;
                        /** @description The receipt file (doorward-receipt@v1), verifiable offline with doorward-verify */
                        receipt: string;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "receipts.verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The receipt file; on the command line a path, or - for standard input */
                    receipt: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        verified: boolean;
                        subject: string;
                        /** @description Kinds of its entries, in log order */
                        kinds: string[];
                        /** @description Who cosigned the checkpoint; empty: unwitnessed */
                        witnesses: string[];
                        problems: string[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "ledger.status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Name of the log */
                        origin: string;
                        /** @description Entries committed at their final index */
                        acknowledged: number;
                        /** @description Entries in the tiles */
                        integrated: number;
                        /** @description Entries under a signed checkpoint */
                        published: number;
                        checkpointAt: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "ledger.entries": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Only of this kind: intent, outcome … */
                kind?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            index: number;
                            kind: string;
                            subject: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            /** @description The canonical record, as signed */
                            record: string;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "ledger.checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Signed note (C2SP tlog-checkpoint), verbatim; null before the first */
                        checkpoint: string | null;
                        /** @description Verifier key of the log, as name+id+key */
                        logKey: string;
                        /** @description Public key that signs entries: base64 of its SPKI DER */
                        receiptKey: string;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Show revoked ones too */
                revoked?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            name: string;
                            /** @description Id of the user who answers for it */
                            owner: string;
                            purpose: string;
                            /**
                             * @description Stage in force now: an observe stage past its end counts as enforce
                             * @enum {string}
                             */
                            stage: "observe" | "enforce" | "isolate";
                            /** @description own: it was set for this agent; default, or group NAME: inherited from there */
                            stageFrom: string;
                            /**
                             * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                             * @enum {string}
                             */
                            bypassable: "yes" | "not seen";
                            observeUntil: string | null;
                            grantedTools: string[];
                            /**
                             * @description governed: it declares the tools that it runs itself, or somebody said in which dialects of text it calls them
                             * @enum {string}
                             */
                            ownTools: "governed" | "not governed";
                            /** @description Dialects of text in which its model asks for tools, as somebody declared them */
                            dialects: string[];
                            /** @description Folders of its host that are open to it: what lies in them counts as its owner's */
                            folders: string[];
                            /**
                             * @description on: its client passes on what its user types; the llm door takes that for claimed words
                             * @enum {string}
                             */
                            relay: "on" | "off";
                            /** @description ISO 8601, UTC */
                            createdAt: string;
                            revokedAt: string | null;
                            /** @description Name of that user; the id where it has none any more */
                            ownerName: string;
                            /** @description When one of its keys last opened a door, to the minute; null: never */
                            lastSeenAt: string | null;
                            /** @description The last drill of the stage that it is in: whether it held, when, and its entry in the ledger; null: it was never tried */
                            stageProof: string | null;
                            /** @description What it could reach in each stage, in words */
                            reaches: string;
                            /** @description What it could reach in each stage, counted, each with its last drill; none where a page has no room to find out: ask for the agent alone */
                            reach: {
                                /**
                                 * @description Stage
                                 * @enum {string}
                                 */
                                stage: "observe" | "enforce" | "isolate";
                                /** @description Accepted tools and operations of APIs that it could call */
                                tools: number;
                                /** @description Of these tools, those that wait for a person's yes */
                                held: number;
                                /** @description Hosts that it could reach through the http door; null: any */
                                hosts: number | null;
                                models: number;
                                /** @description That could be put into what it sends */
                                credentials: number;
                                /**
                                 * @description Which files a program of it reads
                                 * @enum {string}
                                 */
                                files: "its OS user's" | "its workspace";
                                /**
                                 * @description open: code in it that avoids the doors reaches whatever its OS user does; closed: nothing
                                 * @enum {string}
                                 */
                                pastTheDoors: "open" | "closed";
                                /** @description Of the last drill in this stage; null: it was never tried */
                                proof: {
                                    holds: boolean;
                                    /** @description ISO 8601, UTC */
                                    at: string;
                                    /** @description Its entry in the ledger */
                                    entry: number;
                                } | null;
                            }[];
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.get": {
        parameters: {
            query: {
                /** @description Agent, by name or id */
                agent: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description Id of the user who answers for it */
                        owner: string;
                        purpose: string;
                        /**
                         * @description Stage in force now: an observe stage past its end counts as enforce
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /** @description own: it was set for this agent; default, or group NAME: inherited from there */
                        stageFrom: string;
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        observeUntil: string | null;
                        grantedTools: string[];
                        /**
                         * @description governed: it declares the tools that it runs itself, or somebody said in which dialects of text it calls them
                         * @enum {string}
                         */
                        ownTools: "governed" | "not governed";
                        /** @description Dialects of text in which its model asks for tools, as somebody declared them */
                        dialects: string[];
                        /** @description Folders of its host that are open to it: what lies in them counts as its owner's */
                        folders: string[];
                        /**
                         * @description on: its client passes on what its user types; the llm door takes that for claimed words
                         * @enum {string}
                         */
                        relay: "on" | "off";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        revokedAt: string | null;
                        /** @description Name of that user; the id where it has none any more */
                        ownerName: string;
                        /** @description When one of its keys last opened a door, to the minute; null: never */
                        lastSeenAt: string | null;
                        /** @description The last drill of the stage that it is in: whether it held, when, and its entry in the ledger; null: it was never tried */
                        stageProof: string | null;
                        /** @description What it could reach in each stage, in words */
                        reaches: string;
                        /** @description What it could reach in each stage, counted, each with its last drill; none where a page has no room to find out: ask for the agent alone */
                        reach: {
                            /**
                             * @description Stage
                             * @enum {string}
                             */
                            stage: "observe" | "enforce" | "isolate";
                            /** @description Accepted tools and operations of APIs that it could call */
                            tools: number;
                            /** @description Of these tools, those that wait for a person's yes */
                            held: number;
                            /** @description Hosts that it could reach through the http door; null: any */
                            hosts: number | null;
                            models: number;
                            /** @description That could be put into what it sends */
                            credentials: number;
                            /**
                             * @description Which files a program of it reads
                             * @enum {string}
                             */
                            files: "its OS user's" | "its workspace";
                            /**
                             * @description open: code in it that avoids the doors reaches whatever its OS user does; closed: nothing
                             * @enum {string}
                             */
                            pastTheDoors: "open" | "closed";
                            /** @description Of the last drill in this stage; null: it was never tried */
                            proof: {
                                holds: boolean;
                                /** @description ISO 8601, UTC */
                                at: string;
                                /** @description Its entry in the ledger */
                                entry: number;
                            } | null;
                        }[];
                        keys: {
                            id: string;
                            kind: string;
                            session: string;
                            /** @description ISO 8601, UTC */
                            createdAt: string;
                            lastUsedAt: string | null;
                        }[];
                        /** @description Tools that it runs itself: `doorward tools list --server agent:NAME` */
                        tools: {
                            accepted: number;
                            /** @description Wait for review: `doorward tools accept SERVER/*` */
                            waiting: string[];
                            refused: string[];
                        };
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.blast-radius": {
        parameters: {
            query: {
                /** @description Agent, by name or id */
                agent: string;
                /** @description As if it were in this stage; without it, the one it is in */
                stage?: "observe" | "enforce" | "isolate";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        agent: string;
                        /**
                         * @description For which the reach is shown
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        stages: {
                            /**
                             * @description Stage
                             * @enum {string}
                             */
                            stage: "observe" | "enforce" | "isolate";
                            tools: {
                                allowed: number;
                                held: number;
                                depends: number;
                            };
                            hosts: {
                                allowed: number;
                                held: number;
                                depends: number;
                            };
                            models: {
                                allowed: number;
                                held: number;
                                depends: number;
                            };
                            says: string;
                        }[];
                        tools: {
                            tool: string;
                            effects: ("read" | "write" | "destructive" | "outbound")[];
                            /**
                             * @description allowed: without a person; held: with one; depends: on the arguments; denied: never. Of a call of which nothing is known but its target
                             * @enum {string}
                             */
                            reach: "allowed" | "held" | "depends" | "denied";
                            /** @description own: with its own rights; else the delegation under which it gets that far */
                            under: string;
                        }[];
                        hosts: {
                            host: string;
                            /**
                             * @description allowed: without a person; held: with one; depends: on the arguments; denied: never. Of a call of which nothing is known but its target
                             * @enum {string}
                             */
                            read: "allowed" | "held" | "depends" | "denied";
                            /**
                             * @description allowed: without a person; held: with one; depends: on the arguments; denied: never. Of a call of which nothing is known but its target
                             * @enum {string}
                             */
                            write: "allowed" | "held" | "depends" | "denied";
                            private: boolean;
                            passThrough: boolean;
                            /** @description own: with its own rights; else the delegation under which it gets that far */
                            under: string;
                        }[];
                        models: {
                            model: string;
                            local: boolean;
                            /**
                             * @description allowed: without a person; held: with one; depends: on the arguments; denied: never. Of a call of which nothing is known but its target
                             * @enum {string}
                             */
                            reach: "allowed" | "held" | "depends" | "denied";
                            /** @description own: with its own rights; else the delegation under which it gets that far */
                            under: string;
                        }[];
                        /** @description That could be put into what it sends: names and destinations, never secrets */
                        credentials: {
                            name: string;
                            kind: string;
                            owner: string;
                            to: string[];
                        }[];
                        folders: string[];
                        delegations: {
                            id: string;
                            user: string;
                            /** @description ISO 8601, UTC */
                            expiresAt: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.add": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the agent */
                    name: string;
                    /**
                     * @description What it is for
                     * @default
                     */
                    purpose?: string;
                    /**
                     * @description Mint a secret path too, for clients that cannot send a header
                     * @default false
                     */
                    keyless?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description Id of the user who answers for it */
                        owner: string;
                        purpose: string;
                        /**
                         * @description Stage in force now: an observe stage past its end counts as enforce
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /** @description own: it was set for this agent; default, or group NAME: inherited from there */
                        stageFrom: string;
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        observeUntil: string | null;
                        grantedTools: string[];
                        /**
                         * @description governed: it declares the tools that it runs itself, or somebody said in which dialects of text it calls them
                         * @enum {string}
                         */
                        ownTools: "governed" | "not governed";
                        /** @description Dialects of text in which its model asks for tools, as somebody declared them */
                        dialects: string[];
                        /** @description Folders of its host that are open to it: what lies in them counts as its owner's */
                        folders: string[];
                        /**
                         * @description on: its client passes on what its user types; the llm door takes that for claimed words
                         * @enum {string}
                         */
                        relay: "on" | "off";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        revokedAt: string | null;
                        session: string;
                        /** @description Shown once. Send it as `Authorization: Bearer` */
                        key: string;
                        /** @description Address of the mcp door */
                        door: string;
                        /** @description Shown once. The address with a secret in it, for clients without headers */
                        keylessDoor: string | null;
                        /** @description Address of the llm door, as OPENAI_BASE_URL; without /v1 for Anthropic and Ollama */
                        models: string;
                        /** @description Shown once. The llm door with the secret in it: OLLAMA_HOST, and with /v1 OPENAI_BASE_URL */
                        keylessModels: string | null;
                        /** @description Address of the http door; null: it is off */
                        proxy: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.grant": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /** @description Tools, each as SERVER/TOOL */
                    tools: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description Id of the user who answers for it */
                        owner: string;
                        purpose: string;
                        /**
                         * @description Stage in force now: an observe stage past its end counts as enforce
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /** @description own: it was set for this agent; default, or group NAME: inherited from there */
                        stageFrom: string;
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        observeUntil: string | null;
                        grantedTools: string[];
                        /**
                         * @description governed: it declares the tools that it runs itself, or somebody said in which dialects of text it calls them
                         * @enum {string}
                         */
                        ownTools: "governed" | "not governed";
                        /** @description Dialects of text in which its model asks for tools, as somebody declared them */
                        dialects: string[];
                        /** @description Folders of its host that are open to it: what lies in them counts as its owner's */
                        folders: string[];
                        /**
                         * @description on: its client passes on what its user types; the llm door takes that for claimed words
                         * @enum {string}
                         */
                        relay: "on" | "off";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.ungrant": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /** @description Tools, each as SERVER/TOOL */
                    tools: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description Id of the user who answers for it */
                        owner: string;
                        purpose: string;
                        /**
                         * @description Stage in force now: an observe stage past its end counts as enforce
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /** @description own: it was set for this agent; default, or group NAME: inherited from there */
                        stageFrom: string;
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        observeUntil: string | null;
                        grantedTools: string[];
                        /**
                         * @description governed: it declares the tools that it runs itself, or somebody said in which dialects of text it calls them
                         * @enum {string}
                         */
                        ownTools: "governed" | "not governed";
                        /** @description Dialects of text in which its model asks for tools, as somebody declared them */
                        dialects: string[];
                        /** @description Folders of its host that are open to it: what lies in them counts as its owner's */
                        folders: string[];
                        /**
                         * @description on: its client passes on what its user types; the llm door takes that for claimed words
                         * @enum {string}
                         */
                        relay: "on" | "off";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.set-stage": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /**
                     * @description Stage; inherit: its group's, else the default
                     * @enum {string}
                     */
                    stage: "observe" | "enforce" | "isolate" | "inherit";
                    /** @description With inherit: the group of agents whose stage it has */
                    group?: string;
                    /**
                     * @description How long it is only observed; then it enforces
                     * @default 7
                     */
                    days?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description Id of the user who answers for it */
                        owner: string;
                        purpose: string;
                        /**
                         * @description Stage in force now: an observe stage past its end counts as enforce
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /** @description own: it was set for this agent; default, or group NAME: inherited from there */
                        stageFrom: string;
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        observeUntil: string | null;
                        grantedTools: string[];
                        /**
                         * @description governed: it declares the tools that it runs itself, or somebody said in which dialects of text it calls them
                         * @enum {string}
                         */
                        ownTools: "governed" | "not governed";
                        /** @description Dialects of text in which its model asks for tools, as somebody declared them */
                        dialects: string[];
                        /** @description Folders of its host that are open to it: what lies in them counts as its owner's */
                        folders: string[];
                        /**
                         * @description on: its client passes on what its user types; the llm door takes that for claimed words
                         * @enum {string}
                         */
                        relay: "on" | "off";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.set-owner": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /** @description User, by name or id */
                    owner: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description Id of the user who answers for it */
                        owner: string;
                        purpose: string;
                        /**
                         * @description Stage in force now: an observe stage past its end counts as enforce
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /** @description own: it was set for this agent; default, or group NAME: inherited from there */
                        stageFrom: string;
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        observeUntil: string | null;
                        grantedTools: string[];
                        /**
                         * @description governed: it declares the tools that it runs itself, or somebody said in which dialects of text it calls them
                         * @enum {string}
                         */
                        ownTools: "governed" | "not governed";
                        /** @description Dialects of text in which its model asks for tools, as somebody declared them */
                        dialects: string[];
                        /** @description Folders of its host that are open to it: what lies in them counts as its owner's */
                        folders: string[];
                        /**
                         * @description on: its client passes on what its user types; the llm door takes that for claimed words
                         * @enum {string}
                         */
                        relay: "on" | "off";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.set-dialects": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /**
                     * @description All of them, in place of those before; none takes the declaration back
                     * @default []
                     */
                    dialects?: ("hermes" | "qwen-coder" | "glm" | "llama" | "mistral" | "deepseek" | "kimi" | "granite" | "anthropic-xml" | "harmony" | "qwen-agent" | "nemotron" | "cohere" | "internlm" | "functools" | "gemma" | "react" | "fenced" | "bare-json")[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description Id of the user who answers for it */
                        owner: string;
                        purpose: string;
                        /**
                         * @description Stage in force now: an observe stage past its end counts as enforce
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /** @description own: it was set for this agent; default, or group NAME: inherited from there */
                        stageFrom: string;
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        observeUntil: string | null;
                        grantedTools: string[];
                        /**
                         * @description governed: it declares the tools that it runs itself, or somebody said in which dialects of text it calls them
                         * @enum {string}
                         */
                        ownTools: "governed" | "not governed";
                        /** @description Dialects of text in which its model asks for tools, as somebody declared them */
                        dialects: string[];
                        /** @description Folders of its host that are open to it: what lies in them counts as its owner's */
                        folders: string[];
                        /**
                         * @description on: its client passes on what its user types; the llm door takes that for claimed words
                         * @enum {string}
                         */
                        relay: "on" | "off";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.set-folders": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /**
                     * @description Absolute paths, all of them, in place of those before; none closes them
                     * @default []
                     */
                    folders?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description Id of the user who answers for it */
                        owner: string;
                        purpose: string;
                        /**
                         * @description Stage in force now: an observe stage past its end counts as enforce
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /** @description own: it was set for this agent; default, or group NAME: inherited from there */
                        stageFrom: string;
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        observeUntil: string | null;
                        grantedTools: string[];
                        /**
                         * @description governed: it declares the tools that it runs itself, or somebody said in which dialects of text it calls them
                         * @enum {string}
                         */
                        ownTools: "governed" | "not governed";
                        /** @description Dialects of text in which its model asks for tools, as somebody declared them */
                        dialects: string[];
                        /** @description Folders of its host that are open to it: what lies in them counts as its owner's */
                        folders: string[];
                        /**
                         * @description on: its client passes on what its user types; the llm door takes that for claimed words
                         * @enum {string}
                         */
                        relay: "on" | "off";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.set-relay": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /**
                     * @description on: user-role text at the llm door, without included files, is claimed to be the user's; off: it is others' words
                     * @enum {string}
                     */
                    relay: "on" | "off";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description Id of the user who answers for it */
                        owner: string;
                        purpose: string;
                        /**
                         * @description Stage in force now: an observe stage past its end counts as enforce
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /** @description own: it was set for this agent; default, or group NAME: inherited from there */
                        stageFrom: string;
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        observeUntil: string | null;
                        grantedTools: string[];
                        /**
                         * @description governed: it declares the tools that it runs itself, or somebody said in which dialects of text it calls them
                         * @enum {string}
                         */
                        ownTools: "governed" | "not governed";
                        /** @description Dialects of text in which its model asks for tools, as somebody declared them */
                        dialects: string[];
                        /** @description Folders of its host that are open to it: what lies in them counts as its owner's */
                        folders: string[];
                        /**
                         * @description on: its client passes on what its user types; the llm door takes that for claimed words
                         * @enum {string}
                         */
                        relay: "on" | "off";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.callback": {
        parameters: {
            query: {
                /** @description Agent, by name or id */
                agent: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        agent: string;
                        /** @description Without its path for those who may not change it */
                        url: string;
                        /** @description Whether what a person approves is released at once though the agent is not connected */
                        release: boolean;
                        /** @description Whether its address may be in a private network */
                        allowPrivate: boolean;
                        /** @description Id of the user */
                        setBy: string;
                        /** @description ISO 8601, UTC */
                        changedAt: string;
                        posts: {
                            /** @description webhook-id */
                            id: string;
                            event: string;
                            approval: string;
                            attempts: number;
                            deliveredAt: string | null;
                            /** @description When it is tried again; null: delivered, or given up */
                            nextAt: string | null;
                            problem: string | null;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.set-callback": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /** @description Address of your webhook, https://… */
                    url: string;
                    /**
                     * @description Also release what a person approves at once though the agent is not connected, within a day of its call
                     * @default false
                     */
                    release?: boolean;
                    /**
                     * @description Its address may be in a private network, and plain http; only admins may say so
                     * @default false
                     */
                    allowPrivate?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        agent: string;
                        /** @description Without its path for those who may not change it */
                        url: string;
                        /** @description Whether what a person approves is released at once though the agent is not connected */
                        release: boolean;
                        /** @description Whether its address may be in a private network */
                        allowPrivate: boolean;
                        /** @description Id of the user */
                        setBy: string;
                        /** @description ISO 8601, UTC */
                        changedAt: string;
                        /** @description Signs what is sent (Standard Webhooks); shown this once */
                        secret: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.clear-callback": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        agent: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.credentials": {
        parameters: {
            query: {
                /** @description Agent, by name or id */
                agent: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            agent: string;
                            /** @description jwk: a public key for private_key_jwt; spiffe: a SPIFFE id for JWT-SVIDs; metadata: the address of a document with its keys; certificate: a TLS client certificate */
                            kind: string;
                            /** @description The key's thumbprint (RFC 7638), the SPIFFE id, the address, or the certificate's thumbprint (x5t#S256) */
                            name: string;
                            /** @description ISO 8601, UTC */
                            createdAt: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.add-credential": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /** @description The agent's public key as a JWK: EC P-256 or P-384, Ed25519, or RSA */
                    key?: string;
                    /** @description Its SPIFFE id, spiffe://TRUST-DOMAIN/PATH */
                    spiffe?: string;
                    /** @description Its client id where that is an https address of metadata of its own, with its keys */
                    clientId?: string;
                    /** @description With spiffe: the trust domain's keys as a JWK set */
                    bundle?: string;
                    /** @description The one TLS client certificate that it shows, in PEM and without its key; taken where tls.clientCertificates is on */
                    certificate?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        agent: string;
                        /** @description jwk: a public key for private_key_jwt; spiffe: a SPIFFE id for JWT-SVIDs; metadata: the address of a document with its keys; certificate: a TLS client certificate */
                        kind: string;
                        /** @description The key's thumbprint (RFC 7638), the SPIFFE id, the address, or the certificate's thumbprint (x5t#S256) */
                        name: string;
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.remove-credential": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /** @description Credential */
                    credential: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        agent: string;
                        /** @description jwk: a public key for private_key_jwt; spiffe: a SPIFFE id for JWT-SVIDs; metadata: the address of a document with its keys; certificate: a TLS client certificate */
                        kind: string;
                        /** @description The key's thumbprint (RFC 7638), the SPIFFE id, the address, or the certificate's thumbprint (x5t#S256) */
                        name: string;
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.rotate-key": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /**
                     * @description Mint a secret path too
                     * @default false
                     */
                    keyless?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        session: string;
                        /** @description Shown once. Send it as `Authorization: Bearer` */
                        key: string;
                        /** @description Address of the mcp door */
                        door: string;
                        /** @description Shown once. The address with a secret in it, for clients without headers */
                        keylessDoor: string | null;
                        /** @description Address of the llm door, as OPENAI_BASE_URL; without /v1 for Anthropic and Ollama */
                        models: string;
                        /** @description Shown once. The llm door with the secret in it: OLLAMA_HOST, and with /v1 OPENAI_BASE_URL */
                        keylessModels: string | null;
                        /** @description Address of the http door; null: it is off */
                        proxy: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.revoke": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description Id of the user who answers for it */
                        owner: string;
                        purpose: string;
                        /**
                         * @description Stage in force now: an observe stage past its end counts as enforce
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /** @description own: it was set for this agent; default, or group NAME: inherited from there */
                        stageFrom: string;
                        /**
                         * @description yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors
                         * @enum {string}
                         */
                        bypassable: "yes" | "not seen";
                        observeUntil: string | null;
                        grantedTools: string[];
                        /**
                         * @description governed: it declares the tools that it runs itself, or somebody said in which dialects of text it calls them
                         * @enum {string}
                         */
                        ownTools: "governed" | "not governed";
                        /** @description Dialects of text in which its model asks for tools, as somebody declared them */
                        dialects: string[];
                        /** @description Folders of its host that are open to it: what lies in them counts as its owner's */
                        folders: string[];
                        /**
                         * @description on: its client passes on what its user types; the llm door takes that for claimed words
                         * @enum {string}
                         */
                        relay: "on" | "off";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "agents.stop-all": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        stopped: string[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "stages.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            scope: string;
                            /**
                             * @description In force now: observe past its end counts as enforce
                             * @enum {string}
                             */
                            stage: "observe" | "enforce" | "isolate";
                            observeUntil: string | null;
                            /** @description Agents that are in it now */
                            agents: number;
                            changedAt: string | null;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "stages.set": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A group of agents (`agents set-stage NAME inherit --group GROUP`), or default */
                    scope: string;
                    /**
                     * @description Stage
                     * @enum {string}
                     */
                    stage: "observe" | "enforce" | "isolate";
                    /**
                     * @description How long they are only observed; then it enforces
                     * @default 7
                     */
                    days?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        scope: string;
                        /**
                         * @description In force now: observe past its end counts as enforce
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        observeUntil: string | null;
                        /** @description Agents that are in it now */
                        agents: number;
                        changedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "stages.clear": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Group of agents */
                    scope: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        scope: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "stages.drill": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        agent: string;
                        /**
                         * @description Stage
                         * @enum {string}
                         */
                        stage: "observe" | "enforce" | "isolate";
                        /** @description ISO 8601, UTC */
                        at: string;
                        /** @description The attempt came to what the stage promises */
                        holds: boolean;
                        /** @description What was tried */
                        attempt: string;
                        /** @description What came of it */
                        result: string;
                        /** @description Of isolate: what a program tried in a sandbox, and what it got */
                        sandbox: {
                            tried: string;
                            got: string;
                            holds: boolean;
                        }[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "stops.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Those too that ended */
                ended?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            /**
                             * @description What is stopped; everything: all agents, at every door
                             * @enum {string}
                             */
                            kind: "agent" | "session" | "user" | "model" | "server" | "host" | "credential" | "everything";
                            /** @description Id, or the name of what has none; * of everything */
                            target: string;
                            /** @description As it was called when it was stopped */
                            label: string;
                            reason: string;
                            /** @description Name of the user; null: a monitor fell silent */
                            stoppedBy: string | null;
                            monitor: string | null;
                            /** @description ISO 8601, UTC */
                            at: string;
                            endedBy: string | null;
                            endedAt: string | null;
                            inForce: boolean;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "stops.get": {
        parameters: {
            query: {
                /** @description Stop */
                stop: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /**
                         * @description What is stopped; everything: all agents, at every door
                         * @enum {string}
                         */
                        kind: "agent" | "session" | "user" | "model" | "server" | "host" | "credential" | "everything";
                        /** @description Id, or the name of what has none; * of everything */
                        target: string;
                        /** @description As it was called when it was stopped */
                        label: string;
                        reason: string;
                        /** @description Name of the user; null: a monitor fell silent */
                        stoppedBy: string | null;
                        monitor: string | null;
                        /** @description ISO 8601, UTC */
                        at: string;
                        endedBy: string | null;
                        endedAt: string | null;
                        inForce: boolean;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "stops.add": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description What is stopped; everything: all agents, at every door
                     * @enum {string}
                     */
                    kind: "agent" | "session" | "user" | "model" | "server" | "host" | "credential" | "everything";
                    /** @description Which: agent, user or server by name, session or credential by id, UPSTREAM/MODEL or MODEL, host or *.domain; none for everything */
                    target?: string;
                    /** @description Why: told to whoever is refused, and kept for the record */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /**
                         * @description What is stopped; everything: all agents, at every door
                         * @enum {string}
                         */
                        kind: "agent" | "session" | "user" | "model" | "server" | "host" | "credential" | "everything";
                        /** @description Id, or the name of what has none; * of everything */
                        target: string;
                        /** @description As it was called when it was stopped */
                        label: string;
                        reason: string;
                        /** @description Name of the user; null: a monitor fell silent */
                        stoppedBy: string | null;
                        monitor: string | null;
                        /** @description ISO 8601, UTC */
                        at: string;
                        endedBy: string | null;
                        endedAt: string | null;
                        inForce: boolean;
                        /** @description It was stopped before: that stop, with its reason, stays */
                        already: boolean;
                        /** @description Requests that waited for people and are withdrawn */
                        withdrawn: number;
                        /** @description From the request until the doors had cut it, in milliseconds */
                        cutMs: number;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "stops.end": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description What is stopped; everything: all agents, at every door
                     * @enum {string}
                     */
                    kind: "agent" | "session" | "user" | "model" | "server" | "host" | "credential" | "everything";
                    /** @description Which: agent, user or server by name, session or credential by id, UPSTREAM/MODEL or MODEL, host or *.domain; none for everything */
                    target?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /**
                         * @description What is stopped; everything: all agents, at every door
                         * @enum {string}
                         */
                        kind: "agent" | "session" | "user" | "model" | "server" | "host" | "credential" | "everything";
                        /** @description Id, or the name of what has none; * of everything */
                        target: string;
                        /** @description As it was called when it was stopped */
                        label: string;
                        reason: string;
                        /** @description Name of the user; null: a monitor fell silent */
                        stoppedBy: string | null;
                        monitor: string | null;
                        /** @description ISO 8601, UTC */
                        at: string;
                        endedBy: string | null;
                        endedAt: string | null;
                        inForce: boolean;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "stops.monitors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            name: string;
                            /** @description Silent for longer than this, it stops what it watches over */
                            everySeconds: number;
                            /**
                             * @description What is stopped; everything: all agents, at every door
                             * @enum {string}
                             */
                            kind: "agent" | "session" | "user" | "model" | "server" | "host" | "credential" | "everything";
                            target: string;
                            label: string;
                            /** @description ISO 8601, UTC */
                            addedAt: string;
                            /** @description Last heartbeat; null: none yet */
                            heardAt: string | null;
                            /** @description When its silence stopped that; null: it is heard */
                            silentAt: string | null;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "stops.add-monitor": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the monitor */
                    name: string;
                    /** @description Seconds within which each heartbeat has to come */
                    every: number;
                    /**
                     * @description What is stopped; everything: all agents, at every door
                     * @enum {string}
                     */
                    kind: "agent" | "session" | "user" | "model" | "server" | "host" | "credential" | "everything";
                    /** @description Which: agent, user or server by name, session or credential by id, UPSTREAM/MODEL or MODEL, host or *.domain; none for everything */
                    target?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @description Silent for longer than this, it stops what it watches over */
                        everySeconds: number;
                        /**
                         * @description What is stopped; everything: all agents, at every door
                         * @enum {string}
                         */
                        kind: "agent" | "session" | "user" | "model" | "server" | "host" | "credential" | "everything";
                        target: string;
                        label: string;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        /** @description Last heartbeat; null: none yet */
                        heardAt: string | null;
                        /** @description When its silence stopped that; null: it is heard */
                        silentAt: string | null;
                        /** @description Sent as Authorization: Bearer with each heartbeat */
                        key: string;
                        /** @description Where heartbeats go, by POST without a body */
                        address: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "stops.remove-monitor": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the monitor */
                    name: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "stops.drill": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description ISO 8601, UTC */
                        at: string;
                        /** @description Everything ended within 1000 ms, and nothing new was let through */
                        holds: boolean;
                        /** @description Until the last client saw its end; null: one went on */
                        worstMs: number | null;
                        /** @description Until the doors had cut it */
                        cutMs: number;
                        /** @description Code with which a new call was refused; null: it was not */
                        refusedAfter: string | null;
                        /** @description The same by kind */
                        kinds: {
                            part: string;
                            /** @description How many were under way */
                            count: number;
                            /** @description Until the last client of them saw its end; null: one went on */
                            ms: number | null;
                        }[];
                        parts: {
                            /** @description stream: of a model; call: at an MCP server; hold: waits for a person; task: an MCP task; web-request, web-stream, tunnel: at the http door; sandbox: a program that `doorward run` would start */
                            part: string;
                            /** @description Until its client saw it end; null: it went on */
                            ms: number | null;
                        }[];
                        /** @description What could not be put under way here, and what was answered instead: it is not proven */
                        missing: {
                            part: string;
                            said: string;
                        }[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "sessions.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Show ended ones too */
                ended?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            agent: string;
                            /** @description standing: the one session of a bare key; run: opened by a person for one run; exchange: of the tokens that its agent got at /oauth/token */
                            kind: string;
                            /** @description Under which it acts for a user; null: with its own rights alone */
                            delegation: string | null;
                            /** @description The sandbox that `doorward run` opened it for; null: it runs in none */
                            isolation: {
                                /**
                                 * @description What the sandbox is made with
                                 * @enum {string}
                                 */
                                backend: "bubblewrap" | "seatbelt";
                                /** @description Its version */
                                version: string;
                                /**
                                 * @description By what memory, processes and CPU are limited
                                 * @enum {string}
                                 */
                                limits: "cgroup" | "rlimit";
                                /** @description The folder that the program may write to */
                                workspace: string;
                            } | null;
                            /** @description ISO 8601, UTC */
                            createdAt: string;
                            endedAt: string | null;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "sessions.start": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /**
                     * @description Mint a secret path too
                     * @default false
                     */
                    keyless?: boolean;
                    /** @description Let it act for you under this delegation; without it, with its own rights alone */
                    delegation?: string;
                    /** @description What you want done, in your own words: what is named in them, the agent may act on */
                    mandate?: string;
                    /** @description Facts of the sandbox that it is for; `doorward run` gives them, and an agent in stage isolate needs them */
                    isolation?: {
                        /**
                         * @description What the sandbox is made with
                         * @enum {string}
                         */
                        backend: "bubblewrap" | "seatbelt";
                        /** @description Its version */
                        version: string;
                        /**
                         * @description By what memory, processes and CPU are limited
                         * @enum {string}
                         */
                        limits: "cgroup" | "rlimit";
                        /** @description The folder that the program may write to */
                        workspace: string;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        session: string;
                        /** @description Shown once. Send it as `Authorization: Bearer` */
                        key: string;
                        /** @description Address of the mcp door */
                        door: string;
                        /** @description Shown once. The address with a secret in it, for clients without headers */
                        keylessDoor: string | null;
                        /** @description Address of the llm door, as OPENAI_BASE_URL; without /v1 for Anthropic and Ollama */
                        models: string;
                        /** @description Shown once. The llm door with the secret in it: OLLAMA_HOST, and with /v1 OPENAI_BASE_URL */
                        keylessModels: string | null;
                        /** @description Address of the http door; null: it is off */
                        proxy: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "sessions.end": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Session */
                    session: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        agent: string;
                        /** @description standing: the one session of a bare key; run: opened by a person for one run; exchange: of the tokens that its agent got at /oauth/token */
                        kind: string;
                        /** @description Under which it acts for a user; null: with its own rights alone */
                        delegation: string | null;
                        /** @description The sandbox that `doorward run` opened it for; null: it runs in none */
                        isolation: {
                            /**
                             * @description What the sandbox is made with
                             * @enum {string}
                             */
                            backend: "bubblewrap" | "seatbelt";
                            /** @description Its version */
                            version: string;
                            /**
                             * @description By what memory, processes and CPU are limited
                             * @enum {string}
                             */
                            limits: "cgroup" | "rlimit";
                            /** @description The folder that the program may write to */
                            workspace: string;
                        } | null;
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        endedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "mandates.get": {
        parameters: {
            query: {
                /** @description Session */
                session: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            session: string;
                            /**
                             * @description attested: from a channel that the agent cannot write; claimed: as the agent relayed it
                             * @enum {string}
                             */
                            standing: "attested" | "claimed";
                            /** @description console, cli or api; llm for words claimed at the llm door */
                            channel: string;
                            /** @description Id of the user, or of the agent that claimed it */
                            givenBy: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            /** @description Null where they are not kept any more, or not yours to read */
                            words: string | null;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "mandates.give": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Session */
                    session: string;
                    /** @description What you want done, in your own words: what is named in them, the agent may act on */
                    words: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        session: string;
                        /**
                         * @description attested: from a channel that the agent cannot write; claimed: as the agent relayed it
                         * @enum {string}
                         */
                        standing: "attested" | "claimed";
                        /** @description console, cli or api; llm for words claimed at the llm door */
                        channel: string;
                        /** @description Id of the user, or of the agent that claimed it */
                        givenBy: string;
                        /** @description ISO 8601, UTC */
                        at: string;
                        /** @description Null where they are not kept any more, or not yours to read */
                        words: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "delegations.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Show ended ones too */
                ended?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            /** @description Name of the user whose rights are lent */
                            user: string;
                            userId: string;
                            /** @description Name of the agent that may act under it */
                            agent: string;
                            agentId: string;
                            /** @description The delegation it is a part of, passed on by that one's agent */
                            parent: string | null;
                            servers: string[];
                            tools: string[];
                            /** @description Empty: all */
                            verbs: string[];
                            /** @description Empty: all */
                            effects: string[];
                            /** @description How many actions may leave under it; null: any number */
                            calls: number | null;
                            callsUsed: number;
                            /** @description Through how many further agents it may be passed on */
                            further: number;
                            purpose: string;
                            /** @enum {string} */
                            status: "active" | "spent" | "expired" | "revoked";
                            /** @description ISO 8601, UTC */
                            createdAt: string;
                            /** @description ISO 8601, UTC */
                            expiresAt: string;
                            revokedAt: string | null;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "delegations.get": {
        parameters: {
            query: {
                /** @description Delegation */
                delegation: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Name of the user whose rights are lent */
                        user: string;
                        userId: string;
                        /** @description Name of the agent that may act under it */
                        agent: string;
                        agentId: string;
                        /** @description The delegation it is a part of, passed on by that one's agent */
                        parent: string | null;
                        servers: string[];
                        tools: string[];
                        /** @description Empty: all */
                        verbs: string[];
                        /** @description Empty: all */
                        effects: string[];
                        /** @description How many actions may leave under it; null: any number */
                        calls: number | null;
                        callsUsed: number;
                        /** @description Through how many further agents it may be passed on */
                        further: number;
                        purpose: string;
                        /** @enum {string} */
                        status: "active" | "spent" | "expired" | "revoked";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                        revokedAt: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "delegations.grant": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /**
                     * @description MCP servers and model upstreams, whole; agent:NAME for tools an agent runs itself; * for any
                     * @default []
                     */
                    servers?: string[];
                    /**
                     * @description Single tools, each as SERVER/TOOL, or models as UPSTREAM/MODEL
                     * @default []
                     */
                    tools?: string[];
                    /**
                     * @description Verbs; none: all
                     * @default []
                     */
                    verbs?: ("tools/call" | "resources/read" | "resources/subscribe" | "prompts/get" | "completion/complete" | "sampling/createMessage" | "elicitation/create" | "roots/list" | "models/generate" | "models/embed" | "models/host-tool" | "models/fetch-url" | "http/read" | "http/write" | "http/delete" | "http/open" | "http/message" | "http/tunnel")[];
                    /**
                     * @description Effects it may have; none: all
                     * @default []
                     */
                    effects?: ("read" | "write" | "destructive" | "outbound")[];
                    /** @description How many actions may leave under it; without it any number */
                    calls?: number;
                    /**
                     * @description Hours it lasts, 1 to 720
                     * @default 8
                     */
                    hours?: number;
                    /**
                     * @description Through how many further agents it may be passed on
                     * @default 0
                     */
                    further?: number;
                    /** @description Pass on a part of this delegation of yours, from its agent to this one */
                    parent?: string;
                    /**
                     * @description What for
                     * @default
                     */
                    purpose?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Name of the user whose rights are lent */
                        user: string;
                        userId: string;
                        /** @description Name of the agent that may act under it */
                        agent: string;
                        agentId: string;
                        /** @description The delegation it is a part of, passed on by that one's agent */
                        parent: string | null;
                        servers: string[];
                        tools: string[];
                        /** @description Empty: all */
                        verbs: string[];
                        /** @description Empty: all */
                        effects: string[];
                        /** @description How many actions may leave under it; null: any number */
                        calls: number | null;
                        callsUsed: number;
                        /** @description Through how many further agents it may be passed on */
                        further: number;
                        purpose: string;
                        /** @enum {string} */
                        status: "active" | "spent" | "expired" | "revoked";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "delegations.narrow": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Delegation */
                    delegation: string;
                    /** @description MCP servers and model upstreams, whole; agent:NAME for tools an agent runs itself; * for any */
                    servers?: string[];
                    /** @description Single tools, each as SERVER/TOOL, or models as UPSTREAM/MODEL */
                    tools?: string[];
                    /** @description Verbs; none: all */
                    verbs?: ("tools/call" | "resources/read" | "resources/subscribe" | "prompts/get" | "completion/complete" | "sampling/createMessage" | "elicitation/create" | "roots/list" | "models/generate" | "models/embed" | "models/host-tool" | "models/fetch-url" | "http/read" | "http/write" | "http/delete" | "http/open" | "http/message" | "http/tunnel")[];
                    /** @description Effects it may have; none: all */
                    effects?: ("read" | "write" | "destructive" | "outbound")[];
                    /** @description How many actions may leave under it, all told */
                    calls?: number;
                    /** @description Minutes that it still lasts */
                    minutes?: number;
                    /** @description Through how many further agents it may be passed on */
                    further?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Name of the user whose rights are lent */
                        user: string;
                        userId: string;
                        /** @description Name of the agent that may act under it */
                        agent: string;
                        agentId: string;
                        /** @description The delegation it is a part of, passed on by that one's agent */
                        parent: string | null;
                        servers: string[];
                        tools: string[];
                        /** @description Empty: all */
                        verbs: string[];
                        /** @description Empty: all */
                        effects: string[];
                        /** @description How many actions may leave under it; null: any number */
                        calls: number | null;
                        callsUsed: number;
                        /** @description Through how many further agents it may be passed on */
                        further: number;
                        purpose: string;
                        /** @enum {string} */
                        status: "active" | "spent" | "expired" | "revoked";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "delegations.revoke": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Delegation */
                    delegation: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Name of the user whose rights are lent */
                        user: string;
                        userId: string;
                        /** @description Name of the agent that may act under it */
                        agent: string;
                        agentId: string;
                        /** @description The delegation it is a part of, passed on by that one's agent */
                        parent: string | null;
                        servers: string[];
                        tools: string[];
                        /** @description Empty: all */
                        verbs: string[];
                        /** @description Empty: all */
                        effects: string[];
                        /** @description How many actions may leave under it; null: any number */
                        calls: number | null;
                        callsUsed: number;
                        /** @description Through how many further agents it may be passed on */
                        further: number;
                        purpose: string;
                        /** @enum {string} */
                        status: "active" | "spent" | "expired" | "revoked";
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "hosts.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Agent, by name or id */
                agent?: string;
                /** @description Show revoked ones too */
                revoked?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description Grant of a host */
                            id: string;
                            /** @description Name of the agent */
                            agent: string;
                            agentId: string;
                            host: string;
                            /**
                             * @description `write` gives reading too
                             * @enum {string}
                             */
                            access: "read" | "write";
                            /** @description It is on loopback or a private network, and only there */
                            private: boolean;
                            /** @description Its connections are passed through, and nothing in them is read or decided */
                            passThrough: boolean;
                            /** @description Bodies that are too large to be read are sent on unread */
                            largeUploads: boolean;
                            /** @description Credentials that the agent brings itself go on to it */
                            ownCredentials: boolean;
                            /** @description Its answers are the organisation's own words, and nobody else's */
                            trusted: boolean;
                            /** @description Id of the user who granted it */
                            grantedBy: string;
                            /** @description ISO 8601, UTC */
                            grantedAt: string;
                            revokedAt: string | null;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "hosts.get": {
        parameters: {
            query: {
                /** @description Agent, by name or id */
                agent: string;
                /** @description HOST, HOST:PORT where the port is not the scheme's own, *.DOMAIN for all below it, or * (reading only) */
                host: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Grant of a host */
                        id: string;
                        /** @description Name of the agent */
                        agent: string;
                        agentId: string;
                        host: string;
                        /**
                         * @description `write` gives reading too
                         * @enum {string}
                         */
                        access: "read" | "write";
                        /** @description It is on loopback or a private network, and only there */
                        private: boolean;
                        /** @description Its connections are passed through, and nothing in them is read or decided */
                        passThrough: boolean;
                        /** @description Bodies that are too large to be read are sent on unread */
                        largeUploads: boolean;
                        /** @description Credentials that the agent brings itself go on to it */
                        ownCredentials: boolean;
                        /** @description Its answers are the organisation's own words, and nobody else's */
                        trusted: boolean;
                        /** @description Id of the user who granted it */
                        grantedBy: string;
                        /** @description ISO 8601, UTC */
                        grantedAt: string;
                        revokedAt: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "hosts.grant": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /** @description HOST, HOST:PORT where the port is not the scheme's own, *.DOMAIN for all below it, or * (reading only) */
                    host: string;
                    /**
                     * @description `write` gives reading too
                     * @default read
                     * @enum {string}
                     */
                    access?: "read" | "write";
                    /**
                     * @description It is on loopback or a private network, and only there
                     * @default false
                     */
                    private?: boolean;
                    /**
                     * @description Pass its connections through: nothing in them is read, decided or recorded but their size
                     * @default false
                     */
                    passThrough?: boolean;
                    /**
                     * @description Send on bodies that are too large to be read
                     * @default false
                     */
                    largeUploads?: boolean;
                    /**
                     * @description Let credentials through that the agent brings itself
                     * @default false
                     */
                    ownCredentials?: boolean;
                    /**
                     * @description Take its answers for the organisation's own words: nobody outside can write there
                     * @default false
                     */
                    trusted?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Grant of a host */
                        id: string;
                        /** @description Name of the agent */
                        agent: string;
                        agentId: string;
                        host: string;
                        /**
                         * @description `write` gives reading too
                         * @enum {string}
                         */
                        access: "read" | "write";
                        /** @description It is on loopback or a private network, and only there */
                        private: boolean;
                        /** @description Its connections are passed through, and nothing in them is read or decided */
                        passThrough: boolean;
                        /** @description Bodies that are too large to be read are sent on unread */
                        largeUploads: boolean;
                        /** @description Credentials that the agent brings itself go on to it */
                        ownCredentials: boolean;
                        /** @description Its answers are the organisation's own words, and nobody else's */
                        trusted: boolean;
                        /** @description Id of the user who granted it */
                        grantedBy: string;
                        /** @description ISO 8601, UTC */
                        grantedAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "hosts.revoke": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Agent, by name or id */
                    agent: string;
                    /** @description HOST, HOST:PORT where the port is not the scheme's own, *.DOMAIN for all below it, or * (reading only) */
                    host: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Grant of a host */
                        id: string;
                        /** @description Name of the agent */
                        agent: string;
                        agentId: string;
                        host: string;
                        /**
                         * @description `write` gives reading too
                         * @enum {string}
                         */
                        access: "read" | "write";
                        /** @description It is on loopback or a private network, and only there */
                        private: boolean;
                        /** @description Its connections are passed through, and nothing in them is read or decided */
                        passThrough: boolean;
                        /** @description Bodies that are too large to be read are sent on unread */
                        largeUploads: boolean;
                        /** @description Credentials that the agent brings itself go on to it */
                        ownCredentials: boolean;
                        /** @description Its answers are the organisation's own words, and nobody else's */
                        trusted: boolean;
                        /** @description Id of the user who granted it */
                        grantedBy: string;
                        /** @description ISO 8601, UTC */
                        grantedAt: string;
                        revokedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "servers.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            name: string;
                            /** @enum {string} */
                            transport: "stdio" | "http" | "agent" | "api";
                            /** @description active, or held: what it runs is no longer what was reviewed */
                            status: string;
                            reason: string | null;
                            /** @description Command line or address, as it was added */
                            runs: string;
                            /** @description What keeps it: its sandbox, or why it has none */
                            runsIn: string;
                            /** @description Null: it runs elsewhere */
                            sandbox: {
                                /**
                                 * @description Whether it runs in a sandbox of its own: required (or not at all), when-available, or off (as Doorward's user)
                                 * @enum {string}
                                 */
                                stance: "required" | "when-available" | "off";
                                isSandboxed: boolean;
                                /** @description Folders that it was granted; :rw to write as well */
                                folders: string[];
                                /** @description Hosts that it was granted; none: it has no network */
                                hosts: string[];
                                allowPrivate: boolean;
                                /** @description Hosts that it asked for and was not granted, since the start */
                                refusedHosts: string[];
                            } | null;
                            /** @description What it was pinned to */
                            pinned: string;
                            /** @description SHA-256 of the pin: how ledger and approvals name it */
                            identity: string;
                            connections: number;
                            /** @description Failures in a row; it is started again later after each, and `servers restart` forgets them */
                            failures: number;
                            lastFailure: string | null;
                            /** @description Open it to let Doorward in; null when the server asks for none */
                            authorizationUrl: string | null;
                            /** @description ISO 8601, UTC */
                            addedAt: string;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "servers.get": {
        parameters: {
            query: {
                /** @description Short name of the MCP server */
                server: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        transport: "stdio" | "http" | "agent" | "api";
                        /** @description active, or held: what it runs is no longer what was reviewed */
                        status: string;
                        reason: string | null;
                        /** @description Command line or address, as it was added */
                        runs: string;
                        /** @description What keeps it: its sandbox, or why it has none */
                        runsIn: string;
                        /** @description Null: it runs elsewhere */
                        sandbox: {
                            /**
                             * @description Whether it runs in a sandbox of its own: required (or not at all), when-available, or off (as Doorward's user)
                             * @enum {string}
                             */
                            stance: "required" | "when-available" | "off";
                            isSandboxed: boolean;
                            /** @description Folders that it was granted; :rw to write as well */
                            folders: string[];
                            /** @description Hosts that it was granted; none: it has no network */
                            hosts: string[];
                            allowPrivate: boolean;
                            /** @description Hosts that it asked for and was not granted, since the start */
                            refusedHosts: string[];
                        } | null;
                        /** @description What it was pinned to */
                        pinned: string;
                        /** @description SHA-256 of the pin: how ledger and approvals name it */
                        identity: string;
                        connections: number;
                        /** @description Failures in a row; it is started again later after each, and `servers restart` forgets them */
                        failures: number;
                        lastFailure: string | null;
                        /** @description Open it to let Doorward in; null when the server asks for none */
                        authorizationUrl: string | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        tools: {
                            accepted: number;
                            /** @description Wait for review: `doorward tools accept SERVER/*` */
                            waiting: string[];
                            refused: string[];
                        };
                        /** @description Its own labels of its results may loosen: a person said so */
                        trustsLabels: boolean;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "servers.add": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short name of the MCP server */
                    name: string;
                    /**
                     * @description Program and arguments of a stdio server, after --; no shell reads them
                     * @default []
                     */
                    command?: string[];
                    /**
                     * Format: uri
                     * @description Address of a server that speaks HTTP
                     */
                    url?: string;
                    /**
                     * @description Whether it runs in a sandbox of its own: required, when-available or off; as doorward.yaml has it (servers.sandbox) where not given
                     * @enum {string}
                     */
                    sandbox?: "required" | "when-available" | "off";
                    /**
                     * @description Folders that its sandbox shows: PATH to read, PATH:rw to write as well
                     * @default []
                     */
                    folders?: string[];
                    /**
                     * @description Hosts that it may reach from its sandbox, by TLS: api.example.com, *.example.com, with :port if not 443
                     * @default []
                     */
                    hosts?: string[];
                    /**
                     * @description Variables for the program, NAME=VALUE; kept sealed
                     * @default {}
                     */
                    environment?: {
                        [key: string]: string;
                    };
                    /**
                     * @description Headers for every request, NAME=VALUE; kept sealed
                     * @default {}
                     */
                    headers?: {
                        [key: string]: string;
                    };
                    /** @description OAuth client registered by hand, where the server takes no registration */
                    oauthClientId?: string;
                    /** @description Its secret, if it has one; kept sealed */
                    oauthClientSecret?: string;
                    /** @description Its private key (PKCS#8 PEM), in place of a secret; kept sealed */
                    oauthPrivateKey?: string;
                    /**
                     * @description Let Doorward in by the client's own credentials; without it, a person opens a link
                     * @enum {string}
                     */
                    oauthGrant?: "client_credentials";
                    /**
                     * Format: uri
                     * @description Authorization server that may see those credentials, as it writes its issuer; no other does
                     */
                    oauthIssuer?: string;
                    /**
                     * @description What the private key signs with (ES256 unless given)
                     * @enum {string}
                     */
                    oauthAlgorithm?: "ES256" | "ES384" | "ES512" | "RS256" | "PS256" | "EdDSA";
                    /** @description OAuth scopes to ask for, instead of what the server names */
                    oauthScope?: string;
                    /**
                     * @description The address, or the hosts, may be on this machine or a private network
                     * @default false
                     */
                    allowPrivate?: boolean;
                    /**
                     * @description Accept every tool it offers now; otherwise they wait for review
                     * @default false
                     */
                    accept?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        transport: "stdio" | "http" | "agent" | "api";
                        /** @description active, or held: what it runs is no longer what was reviewed */
                        status: string;
                        reason: string | null;
                        /** @description Command line or address, as it was added */
                        runs: string;
                        /** @description What keeps it: its sandbox, or why it has none */
                        runsIn: string;
                        /** @description Null: it runs elsewhere */
                        sandbox: {
                            /**
                             * @description Whether it runs in a sandbox of its own: required (or not at all), when-available, or off (as Doorward's user)
                             * @enum {string}
                             */
                            stance: "required" | "when-available" | "off";
                            isSandboxed: boolean;
                            /** @description Folders that it was granted; :rw to write as well */
                            folders: string[];
                            /** @description Hosts that it was granted; none: it has no network */
                            hosts: string[];
                            allowPrivate: boolean;
                            /** @description Hosts that it asked for and was not granted, since the start */
                            refusedHosts: string[];
                        } | null;
                        /** @description What it was pinned to */
                        pinned: string;
                        /** @description SHA-256 of the pin: how ledger and approvals name it */
                        identity: string;
                        connections: number;
                        /** @description Failures in a row; it is started again later after each, and `servers restart` forgets them */
                        failures: number;
                        lastFailure: string | null;
                        /** @description Open it to let Doorward in; null when the server asks for none */
                        authorizationUrl: string | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        tools: {
                            accepted: number;
                            /** @description Wait for review: `doorward tools accept SERVER/*` */
                            waiting: string[];
                            refused: string[];
                        };
                        offers: {
                            name: string;
                            /**
                             * @description What it is
                             * @default tool
                             * @enum {string}
                             */
                            kind: "tool" | "prompt";
                            effects: ("read" | "write" | "destructive" | "outbound")[];
                            status: string;
                            /** @description How its description begins: the server's own words, about itself */
                            description: string;
                            /** @description SHA-256 of its definition: `tools accept --fingerprint` takes what was shown */
                            fingerprint: string;
                        }[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "servers.authorize": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short name of the MCP server */
                    server: string;
                    /** @description Where the browser was sent after you agreed: the address, or its part after the ? */
                    callback: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        transport: "stdio" | "http" | "agent" | "api";
                        /** @description active, or held: what it runs is no longer what was reviewed */
                        status: string;
                        reason: string | null;
                        /** @description Command line or address, as it was added */
                        runs: string;
                        /** @description What keeps it: its sandbox, or why it has none */
                        runsIn: string;
                        /** @description Null: it runs elsewhere */
                        sandbox: {
                            /**
                             * @description Whether it runs in a sandbox of its own: required (or not at all), when-available, or off (as Doorward's user)
                             * @enum {string}
                             */
                            stance: "required" | "when-available" | "off";
                            isSandboxed: boolean;
                            /** @description Folders that it was granted; :rw to write as well */
                            folders: string[];
                            /** @description Hosts that it was granted; none: it has no network */
                            hosts: string[];
                            allowPrivate: boolean;
                            /** @description Hosts that it asked for and was not granted, since the start */
                            refusedHosts: string[];
                        } | null;
                        /** @description What it was pinned to */
                        pinned: string;
                        /** @description SHA-256 of the pin: how ledger and approvals name it */
                        identity: string;
                        connections: number;
                        /** @description Failures in a row; it is started again later after each, and `servers restart` forgets them */
                        failures: number;
                        lastFailure: string | null;
                        /** @description Open it to let Doorward in; null when the server asks for none */
                        authorizationUrl: string | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        tools: {
                            accepted: number;
                            /** @description Wait for review: `doorward tools accept SERVER/*` */
                            waiting: string[];
                            refused: string[];
                        };
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "servers.refresh": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short name of the MCP server */
                    server: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        transport: "stdio" | "http" | "agent" | "api";
                        /** @description active, or held: what it runs is no longer what was reviewed */
                        status: string;
                        reason: string | null;
                        /** @description Command line or address, as it was added */
                        runs: string;
                        /** @description What keeps it: its sandbox, or why it has none */
                        runsIn: string;
                        /** @description Null: it runs elsewhere */
                        sandbox: {
                            /**
                             * @description Whether it runs in a sandbox of its own: required (or not at all), when-available, or off (as Doorward's user)
                             * @enum {string}
                             */
                            stance: "required" | "when-available" | "off";
                            isSandboxed: boolean;
                            /** @description Folders that it was granted; :rw to write as well */
                            folders: string[];
                            /** @description Hosts that it was granted; none: it has no network */
                            hosts: string[];
                            allowPrivate: boolean;
                            /** @description Hosts that it asked for and was not granted, since the start */
                            refusedHosts: string[];
                        } | null;
                        /** @description What it was pinned to */
                        pinned: string;
                        /** @description SHA-256 of the pin: how ledger and approvals name it */
                        identity: string;
                        connections: number;
                        /** @description Failures in a row; it is started again later after each, and `servers restart` forgets them */
                        failures: number;
                        lastFailure: string | null;
                        /** @description Open it to let Doorward in; null when the server asks for none */
                        authorizationUrl: string | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        tools: {
                            accepted: number;
                            /** @description Wait for review: `doorward tools accept SERVER/*` */
                            waiting: string[];
                            refused: string[];
                        };
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "servers.repin": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short name of the MCP server */
                    server: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        transport: "stdio" | "http" | "agent" | "api";
                        /** @description active, or held: what it runs is no longer what was reviewed */
                        status: string;
                        reason: string | null;
                        /** @description Command line or address, as it was added */
                        runs: string;
                        /** @description What keeps it: its sandbox, or why it has none */
                        runsIn: string;
                        /** @description Null: it runs elsewhere */
                        sandbox: {
                            /**
                             * @description Whether it runs in a sandbox of its own: required (or not at all), when-available, or off (as Doorward's user)
                             * @enum {string}
                             */
                            stance: "required" | "when-available" | "off";
                            isSandboxed: boolean;
                            /** @description Folders that it was granted; :rw to write as well */
                            folders: string[];
                            /** @description Hosts that it was granted; none: it has no network */
                            hosts: string[];
                            allowPrivate: boolean;
                            /** @description Hosts that it asked for and was not granted, since the start */
                            refusedHosts: string[];
                        } | null;
                        /** @description What it was pinned to */
                        pinned: string;
                        /** @description SHA-256 of the pin: how ledger and approvals name it */
                        identity: string;
                        connections: number;
                        /** @description Failures in a row; it is started again later after each, and `servers restart` forgets them */
                        failures: number;
                        lastFailure: string | null;
                        /** @description Open it to let Doorward in; null when the server asks for none */
                        authorizationUrl: string | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        tools: {
                            accepted: number;
                            /** @description Wait for review: `doorward tools accept SERVER/*` */
                            waiting: string[];
                            refused: string[];
                        };
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "servers.restart": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short name of the MCP server */
                    server: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        transport: "stdio" | "http" | "agent" | "api";
                        /** @description active, or held: what it runs is no longer what was reviewed */
                        status: string;
                        reason: string | null;
                        /** @description Command line or address, as it was added */
                        runs: string;
                        /** @description What keeps it: its sandbox, or why it has none */
                        runsIn: string;
                        /** @description Null: it runs elsewhere */
                        sandbox: {
                            /**
                             * @description Whether it runs in a sandbox of its own: required (or not at all), when-available, or off (as Doorward's user)
                             * @enum {string}
                             */
                            stance: "required" | "when-available" | "off";
                            isSandboxed: boolean;
                            /** @description Folders that it was granted; :rw to write as well */
                            folders: string[];
                            /** @description Hosts that it was granted; none: it has no network */
                            hosts: string[];
                            allowPrivate: boolean;
                            /** @description Hosts that it asked for and was not granted, since the start */
                            refusedHosts: string[];
                        } | null;
                        /** @description What it was pinned to */
                        pinned: string;
                        /** @description SHA-256 of the pin: how ledger and approvals name it */
                        identity: string;
                        connections: number;
                        /** @description Failures in a row; it is started again later after each, and `servers restart` forgets them */
                        failures: number;
                        lastFailure: string | null;
                        /** @description Open it to let Doorward in; null when the server asks for none */
                        authorizationUrl: string | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "servers.sandbox": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short name of the MCP server */
                    server: string;
                    /**
                     * @description Whether it runs in a sandbox of its own: required (or not at all), when-available, or off (as Doorward's user)
                     * @default when-available
                     * @enum {string}
                     */
                    sandbox?: "required" | "when-available" | "off";
                    /**
                     * @description Folders that its sandbox shows: PATH to read, PATH:rw to write as well
                     * @default []
                     */
                    folders?: string[];
                    /**
                     * @description Hosts that it may reach from its sandbox, by TLS: api.example.com, *.example.com, with :port if not 443
                     * @default []
                     */
                    hosts?: string[];
                    /**
                     * @description The hosts may be on this machine or a private network
                     * @default false
                     */
                    allowPrivate?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        transport: "stdio" | "http" | "agent" | "api";
                        /** @description active, or held: what it runs is no longer what was reviewed */
                        status: string;
                        reason: string | null;
                        /** @description Command line or address, as it was added */
                        runs: string;
                        /** @description What keeps it: its sandbox, or why it has none */
                        runsIn: string;
                        /** @description Null: it runs elsewhere */
                        sandbox: {
                            /**
                             * @description Whether it runs in a sandbox of its own: required (or not at all), when-available, or off (as Doorward's user)
                             * @enum {string}
                             */
                            stance: "required" | "when-available" | "off";
                            isSandboxed: boolean;
                            /** @description Folders that it was granted; :rw to write as well */
                            folders: string[];
                            /** @description Hosts that it was granted; none: it has no network */
                            hosts: string[];
                            allowPrivate: boolean;
                            /** @description Hosts that it asked for and was not granted, since the start */
                            refusedHosts: string[];
                        } | null;
                        /** @description What it was pinned to */
                        pinned: string;
                        /** @description SHA-256 of the pin: how ledger and approvals name it */
                        identity: string;
                        connections: number;
                        /** @description Failures in a row; it is started again later after each, and `servers restart` forgets them */
                        failures: number;
                        lastFailure: string | null;
                        /** @description Open it to let Doorward in; null when the server asks for none */
                        authorizationUrl: string | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "servers.remove": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short name of the MCP server */
                    server: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "apis.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            name: string;
                            /** @description As its publisher calls it */
                            title: string;
                            version: string;
                            /** @description Version of OpenAPI (or Swagger) that it is written in */
                            format: string;
                            /** @description Where its document came from; null: from a file */
                            source: string | null;
                            /** @description Where it is served: a write there that no operation names is denied */
                            servers: string[];
                            /** @description Its operations are those whose paths begin so; none: all */
                            only: string[];
                            /** @description SHA-256 of the document it is pinned to */
                            document: string;
                            /** @description Operations that cannot be told apart from others, and so are none */
                            skipped: number;
                            /** @description ISO 8601, UTC */
                            changedAt: string;
                            /** @description ISO 8601, UTC */
                            addedAt: string;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "apis.get": {
        parameters: {
            query: {
                /** @description Name of the API */
                api: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @description As its publisher calls it */
                        title: string;
                        version: string;
                        /** @description Version of OpenAPI (or Swagger) that it is written in */
                        format: string;
                        /** @description Where its document came from; null: from a file */
                        source: string | null;
                        /** @description Where it is served: a write there that no operation names is denied */
                        servers: string[];
                        /** @description Its operations are those whose paths begin so; none: all */
                        only: string[];
                        /** @description SHA-256 of the document it is pinned to */
                        document: string;
                        /** @description Operations that cannot be told apart from others, and so are none */
                        skipped: number;
                        /** @description ISO 8601, UTC */
                        changedAt: string;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        tools: {
                            accepted: number;
                            /** @description Wait for review: `doorward tools accept SERVER/*` */
                            waiting: string[];
                            refused: string[];
                        };
                        /** @description The first of what was skipped, and why */
                        skippedFirst: string[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "apis.add": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description URL of an OpenAPI document, or the document; on the command line a URL, a file, or - for standard input */
                    document: string;
                    /** @description Short name of the API; without it, of its title */
                    name?: string;
                    /**
                     * @description Where the API is, in place of what its document says
                     * @default []
                     */
                    servers?: string[];
                    /**
                     * @description Only operations whose path begins so
                     * @default []
                     */
                    only?: string[];
                    /**
                     * @description Document and API may be on this machine or a private network
                     * @default false
                     */
                    allowPrivate?: boolean;
                    /**
                     * @description Accept what it offers now: what only reads, or all; otherwise it waits for review
                     * @default none
                     * @enum {string}
                     */
                    accept?: "none" | "reads" | "all";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @description As its publisher calls it */
                        title: string;
                        version: string;
                        /** @description Version of OpenAPI (or Swagger) that it is written in */
                        format: string;
                        /** @description Where its document came from; null: from a file */
                        source: string | null;
                        /** @description Where it is served: a write there that no operation names is denied */
                        servers: string[];
                        /** @description Its operations are those whose paths begin so; none: all */
                        only: string[];
                        /** @description SHA-256 of the document it is pinned to */
                        document: string;
                        /** @description Operations that cannot be told apart from others, and so are none */
                        skipped: number;
                        /** @description ISO 8601, UTC */
                        changedAt: string;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        tools: {
                            accepted: number;
                            /** @description Wait for review: `doorward tools accept SERVER/*` */
                            waiting: string[];
                            refused: string[];
                        };
                        /** @description The first of what was skipped, and why */
                        skippedFirst: string[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "apis.refresh": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the API */
                    api: string;
                    /** @description The document as it is now, where it came from a file */
                    document?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @description As its publisher calls it */
                        title: string;
                        version: string;
                        /** @description Version of OpenAPI (or Swagger) that it is written in */
                        format: string;
                        /** @description Where its document came from; null: from a file */
                        source: string | null;
                        /** @description Where it is served: a write there that no operation names is denied */
                        servers: string[];
                        /** @description Its operations are those whose paths begin so; none: all */
                        only: string[];
                        /** @description SHA-256 of the document it is pinned to */
                        document: string;
                        /** @description Operations that cannot be told apart from others, and so are none */
                        skipped: number;
                        /** @description ISO 8601, UTC */
                        changedAt: string;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        tools: {
                            accepted: number;
                            /** @description Wait for review: `doorward tools accept SERVER/*` */
                            waiting: string[];
                            refused: string[];
                        };
                        /** @description The first of what was skipped, and why */
                        skippedFirst: string[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "apis.remove": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the API */
                    api: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "ca.show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Which installation it is, as trust stores show it */
                        subject: string;
                        /** @description SHA-256 of the certificate, as browsers and openssl write it */
                        fingerprint: string;
                        /** @description ISO 8601, UTC */
                        validFrom: string;
                        /** @description ISO 8601, UTC */
                        validTo: string;
                        /** @description PEM */
                        certificate: string;
                        /** @description The one that `ca rotate` made, and from when on it signs; until then clients trust both */
                        next: {
                            fingerprint: string;
                            /** @description ISO 8601, UTC */
                            from: string;
                            /** @description ISO 8601, UTC */
                            validTo: string;
                            certificate: string;
                        } | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "ca.probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: base64
                     * @description SubjectPublicKeyInfo, DER, in base64
                     */
                    publicKey: string;
                    /**
                     * @description By the authority that follows, where there is one
                     * @default false
                     */
                    next?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description PEM, for localhost alone, seven days */
                        certificate: string;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "ca.rotate": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Days in which the old one still signs, for clients to learn the new one; 0: it is over at once, also where another was to follow
                     * @default 7
                     */
                    overlapDays?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description SHA-256 of the new certificate */
                        fingerprint: string;
                        /** @description From when on it signs */
                        from: string;
                        /** @description PEM of the new one */
                        certificate: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "tools.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Server, or agent:NAME for the tools that an agent runs itself */
                server?: string;
                /** @description Only these; `new` and `changed` wait for review */
                status?: "accepted" | "new" | "changed" | "refused" | "gone";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            server: string;
                            /** @enum {string} */
                            kind: "tool" | "prompt";
                            name: string;
                            /**
                             * @description new and changed wait for a person; nobody can use them meanwhile
                             * @enum {string}
                             */
                            status: "accepted" | "new" | "changed" | "refused" | "gone";
                            effects: ("read" | "write" | "destructive" | "outbound")[];
                            reason: string | null;
                            /** @description SHA-256 of the definition as last seen */
                            fingerprint: string;
                            /** @description ISO 8601, UTC */
                            firstSeenAt: string;
                            /** @description ISO 8601, UTC */
                            changedAt: string;
                            /** @description How what is known of it stands; null for a prompt */
                            manifest: ("in-force" | "shipped" | "ready" | "stale" | "proposed" | "none") | null;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "tools.get": {
        parameters: {
            query: {
                /** @description A tool as SERVER/TOOL, or agent:NAME/TOOL for one that an agent runs itself */
                tool: string;
                /** @description What it is */
                kind?: "tool" | "prompt";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        server: string;
                        /** @enum {string} */
                        kind: "tool" | "prompt";
                        name: string;
                        /**
                         * @description new and changed wait for a person; nobody can use them meanwhile
                         * @enum {string}
                         */
                        status: "accepted" | "new" | "changed" | "refused" | "gone";
                        effects: ("read" | "write" | "destructive" | "outbound")[];
                        reason: string | null;
                        /** @description SHA-256 of the definition as last seen */
                        fingerprint: string;
                        /** @description ISO 8601, UTC */
                        firstSeenAt: string;
                        /** @description ISO 8601, UTC */
                        changedAt: string;
                        /** @description As last seen: the server's own words, canonical JSON */
                        definition: string;
                        /** @description As a person accepted it; null while nobody has */
                        accepted: string | null;
                        /** @description What it does, as a person reviewed it; null for a prompt */
                        manifest: {
                            server: string;
                            name: string;
                            /**
                             * @description in-force: a person accepted it; shipped: in force as Doorward brings it; ready: in force once the tool is; stale: the definition changed since; proposed: waits for a person; none
                             * @enum {string}
                             */
                            standing: "in-force" | "shipped" | "ready" | "stale" | "proposed" | "none";
                            /**
                             * @description What it does, as far as the manifest shown says
                             * @enum {string}
                             */
                            effect: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                            /** @description What it does when an argument holds something */
                            effectIf: {
                                [key: string]: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                            };
                            /** @description What its arguments are for */
                            roles: {
                                [key: string]: string;
                            };
                            /** @description Whose words its results are */
                            output: {
                                /** @enum {string} */
                                integrity: "trusted" | "untrusted";
                                inFolders?: boolean;
                                confidential?: boolean;
                                directory?: boolean;
                                trustedAuthors?: string[];
                                resources?: {
                                    argument: string;
                                    under: string;
                                    /** @enum {string} */
                                    integrity: "trusted" | "untrusted";
                                }[];
                            };
                            /** @description What a call does, for whoever decides about it; `{name}` is an argument */
                            summary: string | null;
                            /** @description Arguments that name what can change after a yes (T11) */
                            mutable: string[];
                            /** @description proposed (from names and schemas), edited, or what it is shipped for; null where there is none */
                            source: string | null;
                            /** @description A proposal for the definition as it is waits for a person */
                            waiting: boolean;
                            /** @description Fingerprint of the definition that a review would be of */
                            definition: string;
                            /** @description Id of the user */
                            reviewedBy: string | null;
                            reviewedAt: string | null;
                        } | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "tools.accept": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description SERVER/TOOL, or SERVER/* for all that wait */
                    tools: string[];
                    /**
                     * @description What it is
                     * @default tool
                     * @enum {string}
                     */
                    kind?: "tool" | "prompt";
                    /** @description Accept one tool only as this one: what you reviewed */
                    fingerprint?: string;
                    /** @description What they do to the world, where their definitions do not say it */
                    effects?: ("read" | "write" | "destructive" | "outbound")[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            server: string;
                            /** @enum {string} */
                            kind: "tool" | "prompt";
                            name: string;
                            /**
                             * @description new and changed wait for a person; nobody can use them meanwhile
                             * @enum {string}
                             */
                            status: "accepted" | "new" | "changed" | "refused" | "gone";
                            effects: ("read" | "write" | "destructive" | "outbound")[];
                            reason: string | null;
                            /** @description SHA-256 of the definition as last seen */
                            fingerprint: string;
                            /** @description ISO 8601, UTC */
                            firstSeenAt: string;
                            /** @description ISO 8601, UTC */
                            changedAt: string;
                        }[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "tools.refuse": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description SERVER/TOOL, or SERVER/* for all that wait */
                    tools: string[];
                    /**
                     * @description What it is
                     * @default tool
                     * @enum {string}
                     */
                    kind?: "tool" | "prompt";
                    /**
                     * @description Shown wherever the tool is
                     * @default refused by a reviewer
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            server: string;
                            /** @enum {string} */
                            kind: "tool" | "prompt";
                            name: string;
                            /**
                             * @description new and changed wait for a person; nobody can use them meanwhile
                             * @enum {string}
                             */
                            status: "accepted" | "new" | "changed" | "refused" | "gone";
                            effects: ("read" | "write" | "destructive" | "outbound")[];
                            reason: string | null;
                            /** @description SHA-256 of the definition as last seen */
                            fingerprint: string;
                            /** @description ISO 8601, UTC */
                            firstSeenAt: string;
                            /** @description ISO 8601, UTC */
                            changedAt: string;
                        }[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "tools.classify": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A tool as SERVER/TOOL, or agent:NAME/TOOL for one that an agent runs itself */
                    tool: string;
                    /** @description What it does to the world */
                    effects: ("read" | "write" | "destructive" | "outbound")[];
                    /**
                     * @description What it is
                     * @default tool
                     * @enum {string}
                     */
                    kind?: "tool" | "prompt";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        server: string;
                        /** @enum {string} */
                        kind: "tool" | "prompt";
                        name: string;
                        /**
                         * @description new and changed wait for a person; nobody can use them meanwhile
                         * @enum {string}
                         */
                        status: "accepted" | "new" | "changed" | "refused" | "gone";
                        effects: ("read" | "write" | "destructive" | "outbound")[];
                        reason: string | null;
                        /** @description SHA-256 of the definition as last seen */
                        fingerprint: string;
                        /** @description ISO 8601, UTC */
                        firstSeenAt: string;
                        /** @description ISO 8601, UTC */
                        changedAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "manifests.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Server, or agent:NAME for the tools that an agent runs itself */
                server?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            server: string;
                            name: string;
                            /**
                             * @description in-force: a person accepted it; shipped: in force as Doorward brings it; ready: in force once the tool is; stale: the definition changed since; proposed: waits for a person; none
                             * @enum {string}
                             */
                            standing: "in-force" | "shipped" | "ready" | "stale" | "proposed" | "none";
                            /**
                             * @description What it does, as far as the manifest shown says
                             * @enum {string}
                             */
                            effect: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                            /** @description What it does when an argument holds something */
                            effectIf: {
                                [key: string]: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                            };
                            /** @description What its arguments are for */
                            roles: {
                                [key: string]: string;
                            };
                            /** @description Whose words its results are */
                            output: {
                                /** @enum {string} */
                                integrity: "trusted" | "untrusted";
                                inFolders?: boolean;
                                confidential?: boolean;
                                directory?: boolean;
                                trustedAuthors?: string[];
                                resources?: {
                                    argument: string;
                                    under: string;
                                    /** @enum {string} */
                                    integrity: "trusted" | "untrusted";
                                }[];
                            };
                            /** @description What a call does, for whoever decides about it; `{name}` is an argument */
                            summary: string | null;
                            /** @description Arguments that name what can change after a yes (T11) */
                            mutable: string[];
                            /** @description proposed (from names and schemas), edited, or what it is shipped for; null where there is none */
                            source: string | null;
                            /** @description A proposal for the definition as it is waits for a person */
                            waiting: boolean;
                            /** @description Fingerprint of the definition that a review would be of */
                            definition: string;
                            /** @description Id of the user */
                            reviewedBy: string | null;
                            reviewedAt: string | null;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "manifests.show": {
        parameters: {
            query: {
                /** @description A tool as SERVER/TOOL, or agent:NAME/TOOL for one that an agent runs itself */
                tool: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        server: string;
                        name: string;
                        /**
                         * @description in-force: a person accepted it; shipped: in force as Doorward brings it; ready: in force once the tool is; stale: the definition changed since; proposed: waits for a person; none
                         * @enum {string}
                         */
                        standing: "in-force" | "shipped" | "ready" | "stale" | "proposed" | "none";
                        /**
                         * @description What it does, as far as the manifest shown says
                         * @enum {string}
                         */
                        effect: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                        /** @description What it does when an argument holds something */
                        effectIf: {
                            [key: string]: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                        };
                        /** @description What its arguments are for */
                        roles: {
                            [key: string]: string;
                        };
                        /** @description Whose words its results are */
                        output: {
                            /** @enum {string} */
                            integrity: "trusted" | "untrusted";
                            inFolders?: boolean;
                            confidential?: boolean;
                            directory?: boolean;
                            trustedAuthors?: string[];
                            resources?: {
                                argument: string;
                                under: string;
                                /** @enum {string} */
                                integrity: "trusted" | "untrusted";
                            }[];
                        };
                        /** @description What a call does, for whoever decides about it; `{name}` is an argument */
                        summary: string | null;
                        /** @description Arguments that name what can change after a yes (T11) */
                        mutable: string[];
                        /** @description proposed (from names and schemas), edited, or what it is shipped for; null where there is none */
                        source: string | null;
                        /** @description A proposal for the definition as it is waits for a person */
                        waiting: boolean;
                        /** @description Fingerprint of the definition that a review would be of */
                        definition: string;
                        /** @description Id of the user */
                        reviewedBy: string | null;
                        reviewedAt: string | null;
                        /** @description For `manifests set SERVER FILE`: what is kept for its definition, else a proposal */
                        file: string;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "manifests.init": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Server, or agent:NAME for the tools that an agent runs itself */
                    server: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            server: string;
                            name: string;
                            /**
                             * @description in-force: a person accepted it; shipped: in force as Doorward brings it; ready: in force once the tool is; stale: the definition changed since; proposed: waits for a person; none
                             * @enum {string}
                             */
                            standing: "in-force" | "shipped" | "ready" | "stale" | "proposed" | "none";
                            /**
                             * @description What it does, as far as the manifest shown says
                             * @enum {string}
                             */
                            effect: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                            /** @description What it does when an argument holds something */
                            effectIf: {
                                [key: string]: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                            };
                            /** @description What its arguments are for */
                            roles: {
                                [key: string]: string;
                            };
                            /** @description Whose words its results are */
                            output: {
                                /** @enum {string} */
                                integrity: "trusted" | "untrusted";
                                inFolders?: boolean;
                                confidential?: boolean;
                                directory?: boolean;
                                trustedAuthors?: string[];
                                resources?: {
                                    argument: string;
                                    under: string;
                                    /** @enum {string} */
                                    integrity: "trusted" | "untrusted";
                                }[];
                            };
                            /** @description What a call does, for whoever decides about it; `{name}` is an argument */
                            summary: string | null;
                            /** @description Arguments that name what can change after a yes (T11) */
                            mutable: string[];
                            /** @description proposed (from names and schemas), edited, or what it is shipped for; null where there is none */
                            source: string | null;
                            /** @description A proposal for the definition as it is waits for a person */
                            waiting: boolean;
                            /** @description Fingerprint of the definition that a review would be of */
                            definition: string;
                            /** @description Id of the user */
                            reviewedBy: string | null;
                            reviewedAt: string | null;
                            /** @description What rests on a name alone that the server chose: look whether it is true */
                            check: string[];
                        }[];
                        /** @description All of them as YAML, with the reasons, for `manifests set SERVER FILE` */
                        file: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "manifests.accept": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description SERVER/TOOL, or SERVER/* for all of a server's */
                    tools: string[];
                    /** @description Accept one only for this definition: the one that you reviewed */
                    fingerprint?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            server: string;
                            name: string;
                            /**
                             * @description in-force: a person accepted it; shipped: in force as Doorward brings it; ready: in force once the tool is; stale: the definition changed since; proposed: waits for a person; none
                             * @enum {string}
                             */
                            standing: "in-force" | "shipped" | "ready" | "stale" | "proposed" | "none";
                            /**
                             * @description What it does, as far as the manifest shown says
                             * @enum {string}
                             */
                            effect: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                            /** @description What it does when an argument holds something */
                            effectIf: {
                                [key: string]: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                            };
                            /** @description What its arguments are for */
                            roles: {
                                [key: string]: string;
                            };
                            /** @description Whose words its results are */
                            output: {
                                /** @enum {string} */
                                integrity: "trusted" | "untrusted";
                                inFolders?: boolean;
                                confidential?: boolean;
                                directory?: boolean;
                                trustedAuthors?: string[];
                                resources?: {
                                    argument: string;
                                    under: string;
                                    /** @enum {string} */
                                    integrity: "trusted" | "untrusted";
                                }[];
                            };
                            /** @description What a call does, for whoever decides about it; `{name}` is an argument */
                            summary: string | null;
                            /** @description Arguments that name what can change after a yes (T11) */
                            mutable: string[];
                            /** @description proposed (from names and schemas), edited, or what it is shipped for; null where there is none */
                            source: string | null;
                            /** @description A proposal for the definition as it is waits for a person */
                            waiting: boolean;
                            /** @description Fingerprint of the definition that a review would be of */
                            definition: string;
                            /** @description Id of the user */
                            reviewedBy: string | null;
                            reviewedAt: string | null;
                        }[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "manifests.set": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Server, or agent:NAME for the tools that an agent runs itself */
                    server: string;
                    /** @description Manifests by tool, YAML or JSON; on the command line a file, or - for standard input */
                    text: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            server: string;
                            name: string;
                            /**
                             * @description in-force: a person accepted it; shipped: in force as Doorward brings it; ready: in force once the tool is; stale: the definition changed since; proposed: waits for a person; none
                             * @enum {string}
                             */
                            standing: "in-force" | "shipped" | "ready" | "stale" | "proposed" | "none";
                            /**
                             * @description What it does, as far as the manifest shown says
                             * @enum {string}
                             */
                            effect: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                            /** @description What it does when an argument holds something */
                            effectIf: {
                                [key: string]: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                            };
                            /** @description What its arguments are for */
                            roles: {
                                [key: string]: string;
                            };
                            /** @description Whose words its results are */
                            output: {
                                /** @enum {string} */
                                integrity: "trusted" | "untrusted";
                                inFolders?: boolean;
                                confidential?: boolean;
                                directory?: boolean;
                                trustedAuthors?: string[];
                                resources?: {
                                    argument: string;
                                    under: string;
                                    /** @enum {string} */
                                    integrity: "trusted" | "untrusted";
                                }[];
                            };
                            /** @description What a call does, for whoever decides about it; `{name}` is an argument */
                            summary: string | null;
                            /** @description Arguments that name what can change after a yes (T11) */
                            mutable: string[];
                            /** @description proposed (from names and schemas), edited, or what it is shipped for; null where there is none */
                            source: string | null;
                            /** @description A proposal for the definition as it is waits for a person */
                            waiting: boolean;
                            /** @description Fingerprint of the definition that a review would be of */
                            definition: string;
                            /** @description Id of the user */
                            reviewedBy: string | null;
                            reviewedAt: string | null;
                        }[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "manifests.remove": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description SERVER/TOOL, or SERVER/* for all of a server's */
                    tools: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            server: string;
                            name: string;
                            /**
                             * @description in-force: a person accepted it; shipped: in force as Doorward brings it; ready: in force once the tool is; stale: the definition changed since; proposed: waits for a person; none
                             * @enum {string}
                             */
                            standing: "in-force" | "shipped" | "ready" | "stale" | "proposed" | "none";
                            /**
                             * @description What it does, as far as the manifest shown says
                             * @enum {string}
                             */
                            effect: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                            /** @description What it does when an argument holds something */
                            effectIf: {
                                [key: string]: "read" | "fetch" | "write" | "book" | "membership" | "send" | "account" | "money" | "destroy" | "execute" | "unknown";
                            };
                            /** @description What its arguments are for */
                            roles: {
                                [key: string]: string;
                            };
                            /** @description Whose words its results are */
                            output: {
                                /** @enum {string} */
                                integrity: "trusted" | "untrusted";
                                inFolders?: boolean;
                                confidential?: boolean;
                                directory?: boolean;
                                trustedAuthors?: string[];
                                resources?: {
                                    argument: string;
                                    under: string;
                                    /** @enum {string} */
                                    integrity: "trusted" | "untrusted";
                                }[];
                            };
                            /** @description What a call does, for whoever decides about it; `{name}` is an argument */
                            summary: string | null;
                            /** @description Arguments that name what can change after a yes (T11) */
                            mutable: string[];
                            /** @description proposed (from names and schemas), edited, or what it is shipped for; null where there is none */
                            source: string | null;
                            /** @description A proposal for the definition as it is waits for a person */
                            waiting: boolean;
                            /** @description Fingerprint of the definition that a review would be of */
                            definition: string;
                            /** @description Id of the user */
                            reviewedBy: string | null;
                            reviewedAt: string | null;
                        }[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "manifests.trust-labels": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short name of the MCP server */
                    server: string;
                    /**
                     * @description Do not trust them any more
                     * @default false
                     */
                    stop?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        server: string;
                        trustsLabels: boolean;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "upstreams.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            name: string;
                            kind: string;
                            url: string;
                            /** @description On this machine or its private network: what is sent there does not leave the house */
                            local: boolean;
                            protocols: string[];
                            /**
                             * @description How it knows Doorward; never the secret
                             * @enum {string}
                             */
                            credential: "none" | "bearer" | "header" | "google";
                            /** @description The service account, where that is the credential */
                            account: string | null;
                            /** @description USD per million tokens, INPUT/OUTPUT, by model; * is every other */
                            prices: {
                                [key: string]: string;
                            };
                            /** @description SHA-256 of what it is: how ledger and approvals name it */
                            identity: string;
                            /** @enum {string} */
                            health: "unknown" | "up" | "down";
                            /** @description Why it is down, or left alone */
                            reason: string | null;
                            /** @description Asked after others until then */
                            backOffUntil: string | null;
                            /** @description How many models it listed; null: it never did */
                            models: number | null;
                            checkedAt: string | null;
                            /** @description ISO 8601, UTC */
                            addedAt: string;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "upstreams.get": {
        parameters: {
            query: {
                /** @description Short name of the model upstream */
                upstream: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        kind: string;
                        url: string;
                        /** @description On this machine or its private network: what is sent there does not leave the house */
                        local: boolean;
                        protocols: string[];
                        /**
                         * @description How it knows Doorward; never the secret
                         * @enum {string}
                         */
                        credential: "none" | "bearer" | "header" | "google";
                        /** @description The service account, where that is the credential */
                        account: string | null;
                        /** @description USD per million tokens, INPUT/OUTPUT, by model; * is every other */
                        prices: {
                            [key: string]: string;
                        };
                        /** @description SHA-256 of what it is: how ledger and approvals name it */
                        identity: string;
                        /** @enum {string} */
                        health: "unknown" | "up" | "down";
                        /** @description Why it is down, or left alone */
                        reason: string | null;
                        /** @description Asked after others until then */
                        backOffUntil: string | null;
                        /** @description How many models it listed; null: it never did */
                        models: number | null;
                        checkedAt: string | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        /** @description The models it listed; null: it lists none, or never answered */
                        listed: string[] | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "upstreams.add": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short name of the model upstream */
                    name: string;
                    /**
                     * @description What runs there; openai is any OpenAI-compatible service
                     * @enum {string}
                     */
                    kind: "ollama" | "llama.cpp" | "vllm" | "lm-studio" | "nim" | "tgi" | "vertex" | "openai" | "anthropic";
                    /** @description Its address, as its clients write it (default: where its kind commonly is) */
                    url?: string;
                    /** @description Google Cloud project (Vertex AI; default: the service account's own) */
                    project?: string;
                    /** @description Google Cloud location (Vertex AI): us-central1, global */
                    location?: string;
                    /** @description It is on this machine or a private network, and nowhere else (default: if no url is given) */
                    allowPrivate?: boolean;
                    /** @description Its API key; kept sealed */
                    key?: string;
                    /** @description Header that takes the key itself, where it is not a bearer token: api-key, x-api-key */
                    keyHeader?: string;
                    /** @description JSON key file of a Google service account (Vertex AI), in place of a key; kept sealed */
                    serviceAccount?: string;
                    /** @description What it speaks, where that is not what its kind commonly does */
                    protocols?: ("openai-chat" | "openai-completions" | "openai-embeddings" | "openai-responses" | "anthropic-messages" | "ollama-chat" | "ollama-generate" | "ollama-embed")[];
                    /**
                     * @description USD per million tokens, MODEL=INPUT/OUTPUT (gpt-5=1.25/10); * is every other model
                     * @default {}
                     */
                    prices?: {
                        [key: string]: string;
                    };
                    /**
                     * @description Don't ask it for its models first: it may be down now
                     * @default false
                     */
                    unchecked?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        kind: string;
                        url: string;
                        /** @description On this machine or its private network: what is sent there does not leave the house */
                        local: boolean;
                        protocols: string[];
                        /**
                         * @description How it knows Doorward; never the secret
                         * @enum {string}
                         */
                        credential: "none" | "bearer" | "header" | "google";
                        /** @description The service account, where that is the credential */
                        account: string | null;
                        /** @description USD per million tokens, INPUT/OUTPUT, by model; * is every other */
                        prices: {
                            [key: string]: string;
                        };
                        /** @description SHA-256 of what it is: how ledger and approvals name it */
                        identity: string;
                        /** @enum {string} */
                        health: "unknown" | "up" | "down";
                        /** @description Why it is down, or left alone */
                        reason: string | null;
                        /** @description Asked after others until then */
                        backOffUntil: string | null;
                        /** @description How many models it listed; null: it never did */
                        models: number | null;
                        checkedAt: string | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        /** @description The models it listed; null: it lists none, or never answered */
                        listed: string[] | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "upstreams.set": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short name of the model upstream */
                    upstream: string;
                    /** @description Its API key; kept sealed */
                    key?: string;
                    /** @description Header that takes the key itself, where it is not a bearer token: api-key, x-api-key */
                    keyHeader?: string;
                    /** @description JSON key file of a Google service account (Vertex AI), in place of a key; kept sealed */
                    serviceAccount?: string;
                    /** @description What it speaks, where that is not what its kind commonly does */
                    protocols?: ("openai-chat" | "openai-completions" | "openai-embeddings" | "openai-responses" | "anthropic-messages" | "ollama-chat" | "ollama-generate" | "ollama-embed")[];
                    /**
                     * @description USD per million tokens, MODEL=INPUT/OUTPUT (gpt-5=1.25/10); * is every other model
                     * @default {}
                     */
                    prices?: {
                        [key: string]: string;
                    };
                    /**
                     * @description Don't ask it for its models first: it may be down now
                     * @default false
                     */
                    unchecked?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        kind: string;
                        url: string;
                        /** @description On this machine or its private network: what is sent there does not leave the house */
                        local: boolean;
                        protocols: string[];
                        /**
                         * @description How it knows Doorward; never the secret
                         * @enum {string}
                         */
                        credential: "none" | "bearer" | "header" | "google";
                        /** @description The service account, where that is the credential */
                        account: string | null;
                        /** @description USD per million tokens, INPUT/OUTPUT, by model; * is every other */
                        prices: {
                            [key: string]: string;
                        };
                        /** @description SHA-256 of what it is: how ledger and approvals name it */
                        identity: string;
                        /** @enum {string} */
                        health: "unknown" | "up" | "down";
                        /** @description Why it is down, or left alone */
                        reason: string | null;
                        /** @description Asked after others until then */
                        backOffUntil: string | null;
                        /** @description How many models it listed; null: it never did */
                        models: number | null;
                        checkedAt: string | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        /** @description The models it listed; null: it lists none, or never answered */
                        listed: string[] | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "upstreams.check": {
        parameters: {
            query: {
                /** @description Short name of the model upstream */
                upstream: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        kind: string;
                        url: string;
                        /** @description On this machine or its private network: what is sent there does not leave the house */
                        local: boolean;
                        protocols: string[];
                        /**
                         * @description How it knows Doorward; never the secret
                         * @enum {string}
                         */
                        credential: "none" | "bearer" | "header" | "google";
                        /** @description The service account, where that is the credential */
                        account: string | null;
                        /** @description USD per million tokens, INPUT/OUTPUT, by model; * is every other */
                        prices: {
                            [key: string]: string;
                        };
                        /** @description SHA-256 of what it is: how ledger and approvals name it */
                        identity: string;
                        /** @enum {string} */
                        health: "unknown" | "up" | "down";
                        /** @description Why it is down, or left alone */
                        reason: string | null;
                        /** @description Asked after others until then */
                        backOffUntil: string | null;
                        /** @description How many models it listed; null: it never did */
                        models: number | null;
                        checkedAt: string | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        /** @description The models it listed; null: it lists none, or never answered */
                        listed: string[] | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "upstreams.remove": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short name of the model upstream */
                    upstream: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "models.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            name: string;
                            upstream: string;
                            /** @description What is asked of it does not leave the house */
                            local: boolean;
                            createdAt: string | null;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "models.routes": {
        parameters: {
            query?: {
                /** @description Only this name, as an agent asks for it (default: every name) */
                model?: string;
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            model: string;
                            /** @description Where it goes now, best first */
                            goes: string;
                            /**
                             * @description Why: a route by name or by prefix, upstream/model, the upstreams that list it; nothing: nowhere
                             * @enum {string}
                             */
                            by: "route" | "prefix" | "upstream" | "listed" | "nothing";
                            /** @description The route that says so */
                            rule: string | null;
                            targets: {
                                upstream: string;
                                /** @description The upstream's own name of it */
                                model: string;
                                /**
                                 * @description gone: there is no such upstream
                                 * @enum {string}
                                 */
                                health: "unknown" | "up" | "down" | "gone";
                                reason: string | null;
                                backOffUntil: string | null;
                                /** @description Whether the upstream lists this model; null: it lists none */
                                listed: boolean | null;
                                local: boolean | null;
                                /** @description USD per million tokens, INPUT/OUTPUT */
                                price: string | null;
                            }[];
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "models.registered": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Only those */
                status?: "found" | "proposed" | "approved" | "expired" | "deprecated" | "revoked";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description Of the weights: of one file its SHA-256, of several that of their list */
                            digest: string;
                            name: string;
                            format: string | null;
                            /** @enum {string} */
                            status: "found" | "proposed" | "approved" | "expired" | "deprecated" | "revoked";
                            /**
                             * @description Of what answers under its names now: hashed here, a runtime's word, or a name alone
                             * @enum {string}
                             */
                            proof: "proven" | "reported" | "unproven";
                            /** @description Name of the user who answers for it; null: nobody yet */
                            owner: string | null;
                            risk: ("low" | "medium" | "high") | null;
                            licence: string | null;
                            /** @description UPSTREAM/MODEL: where it is approved to answer */
                            services: string[];
                            /** @description A proposal of it waits for people */
                            waits: boolean;
                            approvedAt: string | null;
                            expiresAt: string | null;
                            /** @description ISO 8601, UTC */
                            foundAt: string;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "models.get": {
        parameters: {
            query: {
                /** @description The model's whole digest: sha256: and 64 hexadecimal digits */
                digest: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Of the weights: of one file its SHA-256, of several that of their list */
                        digest: string;
                        name: string;
                        format: string | null;
                        /** @enum {string} */
                        status: "found" | "proposed" | "approved" | "expired" | "deprecated" | "revoked";
                        /**
                         * @description Of what answers under its names now: hashed here, a runtime's word, or a name alone
                         * @enum {string}
                         */
                        proof: "proven" | "reported" | "unproven";
                        /** @description Name of the user who answers for it; null: nobody yet */
                        owner: string | null;
                        risk: ("low" | "medium" | "high") | null;
                        licence: string | null;
                        /** @description UPSTREAM/MODEL: where it is approved to answer */
                        services: string[];
                        /** @description A proposal of it waits for people */
                        waits: boolean;
                        approvedAt: string | null;
                        expiresAt: string | null;
                        /** @description ISO 8601, UTC */
                        foundAt: string;
                        purpose: string | null;
                        /** @description Why it was deprecated or revoked */
                        reason: string | null;
                        /** @description In force, or last asked for; null: nobody proposed it yet */
                        terms: {
                            /** @description Name of the user who answers for it */
                            owner: string;
                            purpose: string;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high";
                            licence: string | null;
                            services: {
                                /** @description UPSTREAM/MODEL */
                                name: string;
                                /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                manifest: string | null;
                            }[];
                            evidence: {
                                /** @enum {string} */
                                kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                /** @enum {string} */
                                verdict: "ok" | "bad" | "unknown";
                                /** @description Of the report */
                                digest: string;
                                summary: string;
                            }[];
                            validDays: number;
                        } | null;
                        /** @description What answers under its names at this moment */
                        serving: {
                            name: string;
                            /** @enum {string} */
                            proof: "proven" | "reported" | "unproven";
                            digest: string | null;
                            manifest: string | null;
                            /** @description What answers there now is what was asked for */
                            same: boolean;
                            /** @description Why it is not known better */
                            why: string | null;
                        }[];
                        /** @description Where its files were seen */
                        places: {
                            host: string;
                            path: string;
                            size: number;
                            /** @description ISO 8601, UTC */
                            at: string;
                        }[];
                        proposal: {
                            /** @description Of the model and these terms: what a yes is for */
                            digest: string;
                            /** @description Name of the user who proposed it */
                            by: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            /** @description ISO 8601, UTC */
                            until: string;
                            /** @enum {string} */
                            outcome: "waiting" | "approved" | "denied" | "withdrawn";
                            /** @description Each must say yes: a group, how many of it, and who not */
                            groups: string[];
                            missing: string[];
                            terms: {
                                /** @description Name of the user who answers for it */
                                owner: string;
                                purpose: string;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high";
                                licence: string | null;
                                services: {
                                    /** @description UPSTREAM/MODEL */
                                    name: string;
                                    /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                    manifest: string | null;
                                }[];
                                evidence: {
                                    /** @enum {string} */
                                    kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                    /** @enum {string} */
                                    verdict: "ok" | "bad" | "unknown";
                                    /** @description Of the report */
                                    digest: string;
                                    summary: string;
                                }[];
                                validDays: number;
                            };
                            decisions: {
                                by: string;
                                answer: string;
                                /** @description ISO 8601, UTC */
                                at: string;
                                via: string;
                                note: string | null;
                            }[];
                        } | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "models.found": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The model's whole digest: sha256: and 64 hexadecimal digits */
                    digest: string;
                    /** @description What people call it */
                    name: string;
                    /** @description gguf, safetensors, … */
                    format?: string;
                    /** @description The machine that it was seen on */
                    host?: string;
                    /** @description Where it lies there */
                    path?: string;
                    /**
                     * @description Bytes
                     * @default 0
                     */
                    size?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Of the weights: of one file its SHA-256, of several that of their list */
                        digest: string;
                        name: string;
                        format: string | null;
                        /** @enum {string} */
                        status: "found" | "proposed" | "approved" | "expired" | "deprecated" | "revoked";
                        /**
                         * @description Of what answers under its names now: hashed here, a runtime's word, or a name alone
                         * @enum {string}
                         */
                        proof: "proven" | "reported" | "unproven";
                        /** @description Name of the user who answers for it; null: nobody yet */
                        owner: string | null;
                        risk: ("low" | "medium" | "high") | null;
                        licence: string | null;
                        /** @description UPSTREAM/MODEL: where it is approved to answer */
                        services: string[];
                        /** @description A proposal of it waits for people */
                        waits: boolean;
                        approvedAt: string | null;
                        expiresAt: string | null;
                        /** @description ISO 8601, UTC */
                        foundAt: string;
                        purpose: string | null;
                        /** @description Why it was deprecated or revoked */
                        reason: string | null;
                        /** @description In force, or last asked for; null: nobody proposed it yet */
                        terms: {
                            /** @description Name of the user who answers for it */
                            owner: string;
                            purpose: string;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high";
                            licence: string | null;
                            services: {
                                /** @description UPSTREAM/MODEL */
                                name: string;
                                /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                manifest: string | null;
                            }[];
                            evidence: {
                                /** @enum {string} */
                                kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                /** @enum {string} */
                                verdict: "ok" | "bad" | "unknown";
                                /** @description Of the report */
                                digest: string;
                                summary: string;
                            }[];
                            validDays: number;
                        } | null;
                        /** @description What answers under its names at this moment */
                        serving: {
                            name: string;
                            /** @enum {string} */
                            proof: "proven" | "reported" | "unproven";
                            digest: string | null;
                            manifest: string | null;
                            /** @description What answers there now is what was asked for */
                            same: boolean;
                            /** @description Why it is not known better */
                            why: string | null;
                        }[];
                        /** @description Where its files were seen */
                        places: {
                            host: string;
                            path: string;
                            size: number;
                            /** @description ISO 8601, UTC */
                            at: string;
                        }[];
                        proposal: {
                            /** @description Of the model and these terms: what a yes is for */
                            digest: string;
                            /** @description Name of the user who proposed it */
                            by: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            /** @description ISO 8601, UTC */
                            until: string;
                            /** @enum {string} */
                            outcome: "waiting" | "approved" | "denied" | "withdrawn";
                            /** @description Each must say yes: a group, how many of it, and who not */
                            groups: string[];
                            missing: string[];
                            terms: {
                                /** @description Name of the user who answers for it */
                                owner: string;
                                purpose: string;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high";
                                licence: string | null;
                                services: {
                                    /** @description UPSTREAM/MODEL */
                                    name: string;
                                    /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                    manifest: string | null;
                                }[];
                                evidence: {
                                    /** @enum {string} */
                                    kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                    /** @enum {string} */
                                    verdict: "ok" | "bad" | "unknown";
                                    /** @description Of the report */
                                    digest: string;
                                    summary: string;
                                }[];
                                validDays: number;
                            };
                            decisions: {
                                by: string;
                                answer: string;
                                /** @description ISO 8601, UTC */
                                at: string;
                                via: string;
                                note: string | null;
                            }[];
                        } | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "models.propose": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The model's whole digest: sha256: and 64 hexadecimal digits */
                    digest: string;
                    /** @description What people call it; needed where it was not found before */
                    name?: string;
                    /** @description What it is for */
                    purpose: string;
                    /**
                     * @description How much harm a wrong choice of it can do: who must say yes depends on it
                     * @enum {string}
                     */
                    risk: "low" | "medium" | "high";
                    /** @description Who answers for it (default: you) */
                    owner?: string;
                    /** @description SPDX identifier, or the licence's name */
                    licence?: string;
                    /**
                     * @description UPSTREAM/MODEL where it answers: anything else that answers there is refused once this is approved
                     * @default []
                     */
                    services?: string[];
                    /**
                     * @description KIND VERDICT DIGEST SUMMARY of a report: scan, licence, lineage, signature or evaluation; ok, bad or unknown
                     * @default []
                     */
                    evidence?: (string & (unknown & unknown))[];
                    /**
                     * @description For how long it may serve, from the last yes on
                     * @default 365
                     */
                    validDays?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Of the weights: of one file its SHA-256, of several that of their list */
                        digest: string;
                        name: string;
                        format: string | null;
                        /** @enum {string} */
                        status: "found" | "proposed" | "approved" | "expired" | "deprecated" | "revoked";
                        /**
                         * @description Of what answers under its names now: hashed here, a runtime's word, or a name alone
                         * @enum {string}
                         */
                        proof: "proven" | "reported" | "unproven";
                        /** @description Name of the user who answers for it; null: nobody yet */
                        owner: string | null;
                        risk: ("low" | "medium" | "high") | null;
                        licence: string | null;
                        /** @description UPSTREAM/MODEL: where it is approved to answer */
                        services: string[];
                        /** @description A proposal of it waits for people */
                        waits: boolean;
                        approvedAt: string | null;
                        expiresAt: string | null;
                        /** @description ISO 8601, UTC */
                        foundAt: string;
                        purpose: string | null;
                        /** @description Why it was deprecated or revoked */
                        reason: string | null;
                        /** @description In force, or last asked for; null: nobody proposed it yet */
                        terms: {
                            /** @description Name of the user who answers for it */
                            owner: string;
                            purpose: string;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high";
                            licence: string | null;
                            services: {
                                /** @description UPSTREAM/MODEL */
                                name: string;
                                /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                manifest: string | null;
                            }[];
                            evidence: {
                                /** @enum {string} */
                                kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                /** @enum {string} */
                                verdict: "ok" | "bad" | "unknown";
                                /** @description Of the report */
                                digest: string;
                                summary: string;
                            }[];
                            validDays: number;
                        } | null;
                        /** @description What answers under its names at this moment */
                        serving: {
                            name: string;
                            /** @enum {string} */
                            proof: "proven" | "reported" | "unproven";
                            digest: string | null;
                            manifest: string | null;
                            /** @description What answers there now is what was asked for */
                            same: boolean;
                            /** @description Why it is not known better */
                            why: string | null;
                        }[];
                        /** @description Where its files were seen */
                        places: {
                            host: string;
                            path: string;
                            size: number;
                            /** @description ISO 8601, UTC */
                            at: string;
                        }[];
                        proposal: {
                            /** @description Of the model and these terms: what a yes is for */
                            digest: string;
                            /** @description Name of the user who proposed it */
                            by: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            /** @description ISO 8601, UTC */
                            until: string;
                            /** @enum {string} */
                            outcome: "waiting" | "approved" | "denied" | "withdrawn";
                            /** @description Each must say yes: a group, how many of it, and who not */
                            groups: string[];
                            missing: string[];
                            terms: {
                                /** @description Name of the user who answers for it */
                                owner: string;
                                purpose: string;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high";
                                licence: string | null;
                                services: {
                                    /** @description UPSTREAM/MODEL */
                                    name: string;
                                    /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                    manifest: string | null;
                                }[];
                                evidence: {
                                    /** @enum {string} */
                                    kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                    /** @enum {string} */
                                    verdict: "ok" | "bad" | "unknown";
                                    /** @description Of the report */
                                    digest: string;
                                    summary: string;
                                }[];
                                validDays: number;
                            };
                            decisions: {
                                by: string;
                                answer: string;
                                /** @description ISO 8601, UTC */
                                at: string;
                                via: string;
                                note: string | null;
                            }[];
                        } | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "models.approve": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The model's whole digest: sha256: and 64 hexadecimal digits */
                    digest: string;
                    /** @description The `proposal.digest` of the terms that you looked at: `doorward models get DIGEST` */
                    proposal: string;
                    /** @description Why, for whoever looks at it later */
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Of the weights: of one file its SHA-256, of several that of their list */
                        digest: string;
                        name: string;
                        format: string | null;
                        /** @enum {string} */
                        status: "found" | "proposed" | "approved" | "expired" | "deprecated" | "revoked";
                        /**
                         * @description Of what answers under its names now: hashed here, a runtime's word, or a name alone
                         * @enum {string}
                         */
                        proof: "proven" | "reported" | "unproven";
                        /** @description Name of the user who answers for it; null: nobody yet */
                        owner: string | null;
                        risk: ("low" | "medium" | "high") | null;
                        licence: string | null;
                        /** @description UPSTREAM/MODEL: where it is approved to answer */
                        services: string[];
                        /** @description A proposal of it waits for people */
                        waits: boolean;
                        approvedAt: string | null;
                        expiresAt: string | null;
                        /** @description ISO 8601, UTC */
                        foundAt: string;
                        purpose: string | null;
                        /** @description Why it was deprecated or revoked */
                        reason: string | null;
                        /** @description In force, or last asked for; null: nobody proposed it yet */
                        terms: {
                            /** @description Name of the user who answers for it */
                            owner: string;
                            purpose: string;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high";
                            licence: string | null;
                            services: {
                                /** @description UPSTREAM/MODEL */
                                name: string;
                                /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                manifest: string | null;
                            }[];
                            evidence: {
                                /** @enum {string} */
                                kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                /** @enum {string} */
                                verdict: "ok" | "bad" | "unknown";
                                /** @description Of the report */
                                digest: string;
                                summary: string;
                            }[];
                            validDays: number;
                        } | null;
                        /** @description What answers under its names at this moment */
                        serving: {
                            name: string;
                            /** @enum {string} */
                            proof: "proven" | "reported" | "unproven";
                            digest: string | null;
                            manifest: string | null;
                            /** @description What answers there now is what was asked for */
                            same: boolean;
                            /** @description Why it is not known better */
                            why: string | null;
                        }[];
                        /** @description Where its files were seen */
                        places: {
                            host: string;
                            path: string;
                            size: number;
                            /** @description ISO 8601, UTC */
                            at: string;
                        }[];
                        proposal: {
                            /** @description Of the model and these terms: what a yes is for */
                            digest: string;
                            /** @description Name of the user who proposed it */
                            by: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            /** @description ISO 8601, UTC */
                            until: string;
                            /** @enum {string} */
                            outcome: "waiting" | "approved" | "denied" | "withdrawn";
                            /** @description Each must say yes: a group, how many of it, and who not */
                            groups: string[];
                            missing: string[];
                            terms: {
                                /** @description Name of the user who answers for it */
                                owner: string;
                                purpose: string;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high";
                                licence: string | null;
                                services: {
                                    /** @description UPSTREAM/MODEL */
                                    name: string;
                                    /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                    manifest: string | null;
                                }[];
                                evidence: {
                                    /** @enum {string} */
                                    kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                    /** @enum {string} */
                                    verdict: "ok" | "bad" | "unknown";
                                    /** @description Of the report */
                                    digest: string;
                                    summary: string;
                                }[];
                                validDays: number;
                            };
                            decisions: {
                                by: string;
                                answer: string;
                                /** @description ISO 8601, UTC */
                                at: string;
                                via: string;
                                note: string | null;
                            }[];
                        } | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "models.deny": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The model's whole digest: sha256: and 64 hexadecimal digits */
                    digest: string;
                    /** @description Answer only this proposal: the `proposal.digest` that you looked at */
                    proposal?: string;
                    /** @description Why, for whoever looks at it later */
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Of the weights: of one file its SHA-256, of several that of their list */
                        digest: string;
                        name: string;
                        format: string | null;
                        /** @enum {string} */
                        status: "found" | "proposed" | "approved" | "expired" | "deprecated" | "revoked";
                        /**
                         * @description Of what answers under its names now: hashed here, a runtime's word, or a name alone
                         * @enum {string}
                         */
                        proof: "proven" | "reported" | "unproven";
                        /** @description Name of the user who answers for it; null: nobody yet */
                        owner: string | null;
                        risk: ("low" | "medium" | "high") | null;
                        licence: string | null;
                        /** @description UPSTREAM/MODEL: where it is approved to answer */
                        services: string[];
                        /** @description A proposal of it waits for people */
                        waits: boolean;
                        approvedAt: string | null;
                        expiresAt: string | null;
                        /** @description ISO 8601, UTC */
                        foundAt: string;
                        purpose: string | null;
                        /** @description Why it was deprecated or revoked */
                        reason: string | null;
                        /** @description In force, or last asked for; null: nobody proposed it yet */
                        terms: {
                            /** @description Name of the user who answers for it */
                            owner: string;
                            purpose: string;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high";
                            licence: string | null;
                            services: {
                                /** @description UPSTREAM/MODEL */
                                name: string;
                                /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                manifest: string | null;
                            }[];
                            evidence: {
                                /** @enum {string} */
                                kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                /** @enum {string} */
                                verdict: "ok" | "bad" | "unknown";
                                /** @description Of the report */
                                digest: string;
                                summary: string;
                            }[];
                            validDays: number;
                        } | null;
                        /** @description What answers under its names at this moment */
                        serving: {
                            name: string;
                            /** @enum {string} */
                            proof: "proven" | "reported" | "unproven";
                            digest: string | null;
                            manifest: string | null;
                            /** @description What answers there now is what was asked for */
                            same: boolean;
                            /** @description Why it is not known better */
                            why: string | null;
                        }[];
                        /** @description Where its files were seen */
                        places: {
                            host: string;
                            path: string;
                            size: number;
                            /** @description ISO 8601, UTC */
                            at: string;
                        }[];
                        proposal: {
                            /** @description Of the model and these terms: what a yes is for */
                            digest: string;
                            /** @description Name of the user who proposed it */
                            by: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            /** @description ISO 8601, UTC */
                            until: string;
                            /** @enum {string} */
                            outcome: "waiting" | "approved" | "denied" | "withdrawn";
                            /** @description Each must say yes: a group, how many of it, and who not */
                            groups: string[];
                            missing: string[];
                            terms: {
                                /** @description Name of the user who answers for it */
                                owner: string;
                                purpose: string;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high";
                                licence: string | null;
                                services: {
                                    /** @description UPSTREAM/MODEL */
                                    name: string;
                                    /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                    manifest: string | null;
                                }[];
                                evidence: {
                                    /** @enum {string} */
                                    kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                    /** @enum {string} */
                                    verdict: "ok" | "bad" | "unknown";
                                    /** @description Of the report */
                                    digest: string;
                                    summary: string;
                                }[];
                                validDays: number;
                            };
                            decisions: {
                                by: string;
                                answer: string;
                                /** @description ISO 8601, UTC */
                                at: string;
                                via: string;
                                note: string | null;
                            }[];
                        } | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "models.deprecate": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The model's whole digest: sha256: and 64 hexadecimal digits */
                    digest: string;
                    /** @description Why: shown to people, and kept for the record */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Of the weights: of one file its SHA-256, of several that of their list */
                        digest: string;
                        name: string;
                        format: string | null;
                        /** @enum {string} */
                        status: "found" | "proposed" | "approved" | "expired" | "deprecated" | "revoked";
                        /**
                         * @description Of what answers under its names now: hashed here, a runtime's word, or a name alone
                         * @enum {string}
                         */
                        proof: "proven" | "reported" | "unproven";
                        /** @description Name of the user who answers for it; null: nobody yet */
                        owner: string | null;
                        risk: ("low" | "medium" | "high") | null;
                        licence: string | null;
                        /** @description UPSTREAM/MODEL: where it is approved to answer */
                        services: string[];
                        /** @description A proposal of it waits for people */
                        waits: boolean;
                        approvedAt: string | null;
                        expiresAt: string | null;
                        /** @description ISO 8601, UTC */
                        foundAt: string;
                        purpose: string | null;
                        /** @description Why it was deprecated or revoked */
                        reason: string | null;
                        /** @description In force, or last asked for; null: nobody proposed it yet */
                        terms: {
                            /** @description Name of the user who answers for it */
                            owner: string;
                            purpose: string;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high";
                            licence: string | null;
                            services: {
                                /** @description UPSTREAM/MODEL */
                                name: string;
                                /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                manifest: string | null;
                            }[];
                            evidence: {
                                /** @enum {string} */
                                kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                /** @enum {string} */
                                verdict: "ok" | "bad" | "unknown";
                                /** @description Of the report */
                                digest: string;
                                summary: string;
                            }[];
                            validDays: number;
                        } | null;
                        /** @description What answers under its names at this moment */
                        serving: {
                            name: string;
                            /** @enum {string} */
                            proof: "proven" | "reported" | "unproven";
                            digest: string | null;
                            manifest: string | null;
                            /** @description What answers there now is what was asked for */
                            same: boolean;
                            /** @description Why it is not known better */
                            why: string | null;
                        }[];
                        /** @description Where its files were seen */
                        places: {
                            host: string;
                            path: string;
                            size: number;
                            /** @description ISO 8601, UTC */
                            at: string;
                        }[];
                        proposal: {
                            /** @description Of the model and these terms: what a yes is for */
                            digest: string;
                            /** @description Name of the user who proposed it */
                            by: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            /** @description ISO 8601, UTC */
                            until: string;
                            /** @enum {string} */
                            outcome: "waiting" | "approved" | "denied" | "withdrawn";
                            /** @description Each must say yes: a group, how many of it, and who not */
                            groups: string[];
                            missing: string[];
                            terms: {
                                /** @description Name of the user who answers for it */
                                owner: string;
                                purpose: string;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high";
                                licence: string | null;
                                services: {
                                    /** @description UPSTREAM/MODEL */
                                    name: string;
                                    /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                    manifest: string | null;
                                }[];
                                evidence: {
                                    /** @enum {string} */
                                    kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                    /** @enum {string} */
                                    verdict: "ok" | "bad" | "unknown";
                                    /** @description Of the report */
                                    digest: string;
                                    summary: string;
                                }[];
                                validDays: number;
                            };
                            decisions: {
                                by: string;
                                answer: string;
                                /** @description ISO 8601, UTC */
                                at: string;
                                via: string;
                                note: string | null;
                            }[];
                        } | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "models.revoke": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The model's whole digest: sha256: and 64 hexadecimal digits */
                    digest: string;
                    /** @description Why: shown to people, and kept for the record */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Of the weights: of one file its SHA-256, of several that of their list */
                        digest: string;
                        name: string;
                        format: string | null;
                        /** @enum {string} */
                        status: "found" | "proposed" | "approved" | "expired" | "deprecated" | "revoked";
                        /**
                         * @description Of what answers under its names now: hashed here, a runtime's word, or a name alone
                         * @enum {string}
                         */
                        proof: "proven" | "reported" | "unproven";
                        /** @description Name of the user who answers for it; null: nobody yet */
                        owner: string | null;
                        risk: ("low" | "medium" | "high") | null;
                        licence: string | null;
                        /** @description UPSTREAM/MODEL: where it is approved to answer */
                        services: string[];
                        /** @description A proposal of it waits for people */
                        waits: boolean;
                        approvedAt: string | null;
                        expiresAt: string | null;
                        /** @description ISO 8601, UTC */
                        foundAt: string;
                        purpose: string | null;
                        /** @description Why it was deprecated or revoked */
                        reason: string | null;
                        /** @description In force, or last asked for; null: nobody proposed it yet */
                        terms: {
                            /** @description Name of the user who answers for it */
                            owner: string;
                            purpose: string;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high";
                            licence: string | null;
                            services: {
                                /** @description UPSTREAM/MODEL */
                                name: string;
                                /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                manifest: string | null;
                            }[];
                            evidence: {
                                /** @enum {string} */
                                kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                /** @enum {string} */
                                verdict: "ok" | "bad" | "unknown";
                                /** @description Of the report */
                                digest: string;
                                summary: string;
                            }[];
                            validDays: number;
                        } | null;
                        /** @description What answers under its names at this moment */
                        serving: {
                            name: string;
                            /** @enum {string} */
                            proof: "proven" | "reported" | "unproven";
                            digest: string | null;
                            manifest: string | null;
                            /** @description What answers there now is what was asked for */
                            same: boolean;
                            /** @description Why it is not known better */
                            why: string | null;
                        }[];
                        /** @description Where its files were seen */
                        places: {
                            host: string;
                            path: string;
                            size: number;
                            /** @description ISO 8601, UTC */
                            at: string;
                        }[];
                        proposal: {
                            /** @description Of the model and these terms: what a yes is for */
                            digest: string;
                            /** @description Name of the user who proposed it */
                            by: string;
                            /** @description ISO 8601, UTC */
                            at: string;
                            /** @description ISO 8601, UTC */
                            until: string;
                            /** @enum {string} */
                            outcome: "waiting" | "approved" | "denied" | "withdrawn";
                            /** @description Each must say yes: a group, how many of it, and who not */
                            groups: string[];
                            missing: string[];
                            terms: {
                                /** @description Name of the user who answers for it */
                                owner: string;
                                purpose: string;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high";
                                licence: string | null;
                                services: {
                                    /** @description UPSTREAM/MODEL */
                                    name: string;
                                    /** @description Digest of what is around the weights: adapters, template, system text, parameters */
                                    manifest: string | null;
                                }[];
                                evidence: {
                                    /** @enum {string} */
                                    kind: "scan" | "licence" | "lineage" | "signature" | "evaluation";
                                    /** @enum {string} */
                                    verdict: "ok" | "bad" | "unknown";
                                    /** @description Of the report */
                                    digest: string;
                                    summary: string;
                                }[];
                                validDays: number;
                            };
                            decisions: {
                                by: string;
                                answer: string;
                                /** @description ISO 8601, UTC */
                                at: string;
                                via: string;
                                note: string | null;
                            }[];
                        } | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "fleet.machines": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            name: string;
                            /** @description Who answers for the machine: the user's id */
                            owner: string;
                            /**
                             * @description waiting: never heard of; silent: not for more than a day
                             * @enum {string}
                             */
                            state: "waiting" | "heard" | "silent" | "removed";
                            heardAt: string | null;
                            /** @description Whether it has told everything that it knows */
                            complete: boolean;
                            /** @description Events that it had no room to keep while nobody took them */
                            lost: number;
                            /** @description What it says of its machine; null before its first report */
                            machine: {
                                name: string;
                                user: string;
                                platform: string;
                                release: string;
                                doorward: string;
                            } | null;
                            /** @description ISO 8601, UTC */
                            addedAt: string;
                            /** @description Models on it now */
                            models: number;
                            /** @description Runtimes on it now */
                            runtimes: number;
                            /** @description Agents on it now */
                            agents: number;
                            /** @description MCP servers on it now */
                            servers: number;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "fleet.found": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
                /** @description Of this machine alone */
                machine?: string;
                /** @description Things of this kind alone */
                kind?: "accelerator" | "agent" | "model" | "runtime" | "server";
                /** @description Things whose name has this in it */
                name?: string;
                /** @description What appeared, changed or went since then */
                since?: string;
                /** @description Also what is there no more */
                gone?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            machine: string;
                            /** @description Names the thing on its machine, for as long as it is there */
                            key: string;
                            kind: string;
                            /** @description The word of the tables: gguf, ollama, claude-code, mcp, nvidia */
                            what: string;
                            /** @description As it was found: may be anything */
                            name: string;
                            where: string;
                            /** @enum {string} */
                            confidence: "certain" | "likely" | "possible";
                            grounds: {
                                by: string;
                                says: string;
                            }[];
                            facts: {
                                [key: string]: boolean | number | string | string[];
                            };
                            warnings: string[];
                            /** @enum {string} */
                            state: "here" | "gone";
                            /** @description ISO 8601, UTC */
                            appearedAt: string;
                            /** @description ISO 8601, UTC */
                            changedAt: string;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "fleet.add-sensor": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the machine */
                    name: string;
                    /** @description Who answers for the machine (default: you) */
                    owner?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @description Who answers for the machine: the user's id */
                        owner: string;
                        /**
                         * @description waiting: never heard of; silent: not for more than a day
                         * @enum {string}
                         */
                        state: "waiting" | "heard" | "silent" | "removed";
                        heardAt: string | null;
                        /** @description Whether it has told everything that it knows */
                        complete: boolean;
                        /** @description Events that it had no room to keep while nobody took them */
                        lost: number;
                        /** @description What it says of its machine; null before its first report */
                        machine: {
                            name: string;
                            user: string;
                            platform: string;
                            release: string;
                            doorward: string;
                        } | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                        /** @description What `doorward sensor join` asks for on the machine */
                        key: string;
                        /** @description Where reports go */
                        address: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "fleet.remove-sensor": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the machine */
                    name: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @description Who answers for the machine: the user's id */
                        owner: string;
                        /**
                         * @description waiting: never heard of; silent: not for more than a day
                         * @enum {string}
                         */
                        state: "waiting" | "heard" | "silent" | "removed";
                        heardAt: string | null;
                        /** @description Whether it has told everything that it knows */
                        complete: boolean;
                        /** @description Events that it had no room to keep while nobody took them */
                        lost: number;
                        /** @description What it says of its machine; null before its first report */
                        machine: {
                            name: string;
                            user: string;
                            platform: string;
                            release: string;
                            doorward: string;
                        } | null;
                        /** @description ISO 8601, UTC */
                        addedAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "models.set-route": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name that agents ask for, or a prefix that ends in * */
                    model: string;
                    /** @description UPSTREAM/MODEL, best first; UPSTREAM/* keeps the name as it was asked for */
                    targets: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        model: string;
                        /** @description Where it goes now, best first */
                        goes: string;
                        /**
                         * @description Why: a route by name or by prefix, upstream/model, the upstreams that list it; nothing: nowhere
                         * @enum {string}
                         */
                        by: "route" | "prefix" | "upstream" | "listed" | "nothing";
                        /** @description The route that says so */
                        rule: string | null;
                        targets: {
                            upstream: string;
                            /** @description The upstream's own name of it */
                            model: string;
                            /**
                             * @description gone: there is no such upstream
                             * @enum {string}
                             */
                            health: "unknown" | "up" | "down" | "gone";
                            reason: string | null;
                            backOffUntil: string | null;
                            /** @description Whether the upstream lists this model; null: it lists none */
                            listed: boolean | null;
                            local: boolean | null;
                            /** @description USD per million tokens, INPUT/OUTPUT */
                            price: string | null;
                        }[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "models.remove-route": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name that agents ask for, or a prefix that ends in * */
                    model: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        model: string;
                        /** @description Where it goes now, best first */
                        goes: string;
                        /**
                         * @description Why: a route by name or by prefix, upstream/model, the upstreams that list it; nothing: nowhere
                         * @enum {string}
                         */
                        by: "route" | "prefix" | "upstream" | "listed" | "nothing";
                        /** @description The route that says so */
                        rule: string | null;
                        targets: {
                            upstream: string;
                            /** @description The upstream's own name of it */
                            model: string;
                            /**
                             * @description gone: there is no such upstream
                             * @enum {string}
                             */
                            health: "unknown" | "up" | "down" | "gone";
                            reason: string | null;
                            backOffUntil: string | null;
                            /** @description Whether the upstream lists this model; null: it lists none */
                            listed: boolean | null;
                            local: boolean | null;
                            /** @description USD per million tokens, INPUT/OUTPUT */
                            price: string | null;
                        }[];
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            name: string;
                            kind: string;
                            /** @description organisation, team:GROUP, or user:NAME */
                            owner: string;
                            /** @description Where it may go */
                            to: string[];
                            /** @description Names of the agents that it is for; empty: every agent in its owner's reach */
                            agents: string[];
                            /** @description What is said of it in clear; the secret is in nothing that is shown */
                            settings: {
                                [key: string]: string | boolean | null | string[] | {
                                    [key: string]: string;
                                };
                            };
                            /** @description oauth: what it may do there */
                            scopes: string[];
                            /** @description Grows with every new secret */
                            version: number;
                            /** @enum {string} */
                            state: "ready" | "expired";
                            /** @description Where the secret is kept, if not here */
                            reference: string | null;
                            expiresAt: string | null;
                            /** @description ISO 8601, UTC */
                            createdAt: string;
                            rotatedAt: string | null;
                            lastUsedAt: string | null;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.get": {
        parameters: {
            query: {
                /** @description Credential, by name or id */
                credential: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        kind: string;
                        /** @description organisation, team:GROUP, or user:NAME */
                        owner: string;
                        /** @description Where it may go */
                        to: string[];
                        /** @description Names of the agents that it is for; empty: every agent in its owner's reach */
                        agents: string[];
                        /** @description What is said of it in clear; the secret is in nothing that is shown */
                        settings: {
                            [key: string]: string | boolean | null | string[] | {
                                [key: string]: string;
                            };
                        };
                        /** @description oauth: what it may do there */
                        scopes: string[];
                        /** @description Grows with every new secret */
                        version: number;
                        /** @enum {string} */
                        state: "ready" | "expired";
                        /** @description Where the secret is kept, if not here */
                        reference: string | null;
                        expiresAt: string | null;
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        rotatedAt: string | null;
                        lastUsedAt: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.add": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the credential */
                    name: string;
                    /**
                     * @description What it is, which says where it goes in a request
                     * @enum {string}
                     */
                    kind: "bearer" | "basic" | "header" | "query" | "oauth" | "aws-sigv4" | "mtls" | "template";
                    /** @description Where it may go: [METHODS ]https://HOST[:PORT][/PATH], HOST may begin with *. */
                    to: string[];
                    /** @description The secret: token, password, secret access key, private key (PEM), refresh token; with a reference, what opens the manager */
                    secret?: string;
                    /** @description aws-sigv4: session token of temporary credentials */
                    sessionToken?: string;
                    /** @description oauth: the client's secret, where it has one */
                    clientSecret?: string;
                    /** @description mtls: the client certificate, with its chain, in PEM */
                    certificate?: string;
                    /** @description It is this group's: used where an agent acts for one of its members */
                    team?: string;
                    /**
                     * @description It is yours: used only where an agent acts for you, under a delegation
                     * @default false
                     */
                    mine?: boolean;
                    /**
                     * @description Agents that it is for, by name or id (default: every agent in its owner's reach)
                     * @default []
                     */
                    agents?: string[];
                    /** @description basic: user name (x-access-token for tokens of GitHub) */
                    user?: string;
                    /** @description header: its name (x-api-key) */
                    header?: string;
                    /** @description header: what stands before the secret, with its space */
                    prefix?: string;
                    /** @description query: name of the parameter */
                    parameter?: string;
                    /** @description aws-sigv4: access key id */
                    accessKeyId?: string;
                    /** @description aws-sigv4: region (eu-central-1) */
                    region?: string;
                    /** @description aws-sigv4: service (s3, execute-api) */
                    service?: string;
                    /** @description oauth: the provider's token endpoint */
                    tokenUrl?: string;
                    /** @description oauth: the provider's revocation endpoint (RFC 7009) */
                    revokeUrl?: string;
                    /** @description oauth: client id */
                    clientId?: string;
                    /** @description oauth: scopes asked for (client_credentials), or had */
                    scopes?: string[];
                    /**
                     * @description oauth: how it gets new access tokens (default: refresh_token)
                     * @enum {string}
                     */
                    grant?: "refresh_token" | "client_credentials";
                    /**
                     * @description oauth: how the client proves itself (default: basic; none without a client secret)
                     * @enum {string}
                     */
                    clientAuth?: "basic" | "post" | "none";
                    /** @description oauth: the provider is on this machine or a private network, and nowhere else */
                    allowPrivate?: boolean;
                    /** @description template: headers with {{secret}} in them, NAME=TEXT */
                    headers?: {
                        [key: string]: string;
                    };
                    /** @description template: query parameters with {{secret}} in them, NAME=TEXT */
                    query?: {
                        [key: string]: string;
                    };
                    /** @description Where the secret itself is kept, in place of a copy: manager=hashicorp url=… path=… field=… (guide: vault) */
                    reference?: {
                        [key: string]: string;
                    };
                    /** @description When it ends: 90d, or a time in ISO 8601 */
                    expires?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        kind: string;
                        /** @description organisation, team:GROUP, or user:NAME */
                        owner: string;
                        /** @description Where it may go */
                        to: string[];
                        /** @description Names of the agents that it is for; empty: every agent in its owner's reach */
                        agents: string[];
                        /** @description What is said of it in clear; the secret is in nothing that is shown */
                        settings: {
                            [key: string]: string | boolean | null | string[] | {
                                [key: string]: string;
                            };
                        };
                        /** @description oauth: what it may do there */
                        scopes: string[];
                        /** @description Grows with every new secret */
                        version: number;
                        /** @enum {string} */
                        state: "ready" | "expired";
                        /** @description Where the secret is kept, if not here */
                        reference: string | null;
                        expiresAt: string | null;
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        rotatedAt: string | null;
                        lastUsedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.rotate": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Credential, by name or id */
                    credential: string;
                    /** @description The secret: token, password, secret access key, private key (PEM), refresh token; with a reference, what opens the manager */
                    secret?: string;
                    /** @description aws-sigv4: session token of temporary credentials */
                    sessionToken?: string;
                    /** @description oauth: the client's secret, where it has one */
                    clientSecret?: string;
                    /** @description mtls: the client certificate, with its chain, in PEM */
                    certificate?: string;
                    /** @description When it ends: 90d, or a time in ISO 8601 */
                    expires?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        kind: string;
                        /** @description organisation, team:GROUP, or user:NAME */
                        owner: string;
                        /** @description Where it may go */
                        to: string[];
                        /** @description Names of the agents that it is for; empty: every agent in its owner's reach */
                        agents: string[];
                        /** @description What is said of it in clear; the secret is in nothing that is shown */
                        settings: {
                            [key: string]: string | boolean | null | string[] | {
                                [key: string]: string;
                            };
                        };
                        /** @description oauth: what it may do there */
                        scopes: string[];
                        /** @description Grows with every new secret */
                        version: number;
                        /** @enum {string} */
                        state: "ready" | "expired";
                        /** @description Where the secret is kept, if not here */
                        reference: string | null;
                        expiresAt: string | null;
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        rotatedAt: string | null;
                        lastUsedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.set": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Credential, by name or id */
                    credential: string;
                    /** @description Where it may go: [METHODS ]https://HOST[:PORT][/PATH], HOST may begin with *. */
                    to?: string[];
                    /** @description Agents that it is for, by name or id (default: every agent in its owner's reach) */
                    agents?: string[];
                    /** @description When it ends: 90d, or a time in ISO 8601 */
                    expires?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        kind: string;
                        /** @description organisation, team:GROUP, or user:NAME */
                        owner: string;
                        /** @description Where it may go */
                        to: string[];
                        /** @description Names of the agents that it is for; empty: every agent in its owner's reach */
                        agents: string[];
                        /** @description What is said of it in clear; the secret is in nothing that is shown */
                        settings: {
                            [key: string]: string | boolean | null | string[] | {
                                [key: string]: string;
                            };
                        };
                        /** @description oauth: what it may do there */
                        scopes: string[];
                        /** @description Grows with every new secret */
                        version: number;
                        /** @enum {string} */
                        state: "ready" | "expired";
                        /** @description Where the secret is kept, if not here */
                        reference: string | null;
                        expiresAt: string | null;
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        rotatedAt: string | null;
                        lastUsedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.remove": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Credential, by name or id */
                    credential: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.placeholder": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Credential, by name or id */
                    credential: string;
                    /** @description Agent, by name or id */
                    agent: string;
                    /** @description In this session alone (default: in every session of the agent) */
                    session?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description To be set where the agent's program wants a key; worth nothing but to this agent, at its destinations */
                        placeholder: string;
                        credential: string;
                        agent: string;
                        session: string | null;
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.placeholders": {
        parameters: {
            query: {
                /** @description Credential, by name or id */
                credential: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description To be set where the agent's program wants a key; worth nothing but to this agent, at its destinations */
                            placeholder: string;
                            credential: string;
                            agent: string;
                            session: string | null;
                            /** @description ISO 8601, UTC */
                            createdAt: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.connect": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Provider, as doorward.yaml names it under vault.providers; with --issuer: how it is to be called */
                    provider: string;
                    /** @description One that doorward.yaml does not name, by its issuer: its metadata say the rest */
                    issuer?: string;
                    /** @description With --issuer: the client id that it gave you */
                    clientId?: string;
                    /** @description With --issuer: where its tokens may go, as of `vault add` */
                    to?: string[];
                    /**
                     * @description With --issuer: scopes asked for
                     * @default []
                     */
                    scopes?: string[];
                    /**
                     * @description With --issuer: it is on this machine or a private network, and nowhere else
                     * @default false
                     */
                    allowPrivate?: boolean;
                    /**
                     * @description Get a code that you type at the provider, in a browser on any machine (RFC 8628)
                     * @default false
                     */
                    device?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        provider: string;
                        /** @description Open it in your browser; you come back to the console, which finishes it. With --device: type the code there */
                        url: string;
                        /** @description With --device: what you type */
                        userCode: string | null;
                        /** @description With --device: ask with `vault connected --device` whether it is done; `doorward connect` asks by itself */
                        device: string | null;
                        /** @description With --device: ask no more often than that */
                        everySeconds: number | null;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.connected": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Where the browser was sent after you agreed: the address, or its part after the ? */
                    callback?: string;
                    /** @description What `vault connect --device` answered: asks once whether you typed the code */
                    device?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        kind: string;
                        /** @description organisation, team:GROUP, or user:NAME */
                        owner: string;
                        /** @description Where it may go */
                        to: string[];
                        /** @description Names of the agents that it is for; empty: every agent in its owner's reach */
                        agents: string[];
                        /** @description What is said of it in clear; the secret is in nothing that is shown */
                        settings: {
                            [key: string]: string | boolean | null | string[] | {
                                [key: string]: string;
                            };
                        };
                        /** @description oauth: what it may do there */
                        scopes: string[];
                        /** @description Grows with every new secret */
                        version: number;
                        /** @enum {string} */
                        state: "ready" | "expired";
                        /** @description Where the secret is kept, if not here */
                        reference: string | null;
                        expiresAt: string | null;
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        rotatedAt: string | null;
                        lastUsedAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.disconnect": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Credential, by name or id */
                    connection: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description false: the provider offers no revocation or did not take it; end it there too */
                        revokedThere: boolean;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description idle: nothing was asked of it yet
                         * @enum {string}
                         */
                        process: "idle" | "up" | "starting" | "down";
                        /**
                         * @description Where the key-encryption key is kept
                         * @enum {string}
                         */
                        key: "file" | "keychain" | "command";
                        /** @description Names the key in force; tells nothing of it */
                        kek: string | null;
                        keyMadeAt: string | null;
                        credentials: number;
                        /** @description Where an account can be connected (`vault.connect`): names of doorward.yaml */
                        providers: string[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "vault.rotate-key": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        kek: string;
                        credentials: number;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "policy.show": {
        parameters: {
            query?: {
                /** @description sha256:…, of `policy history` */
                digest?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        digest: string;
                        active: boolean;
                        policies: {
                            id: string;
                            /** @enum {string} */
                            effect: "permit" | "forbid";
                            /** @description Group that may lift it for one action */
                            hold: string | null;
                            /** @description How long its requests wait, as 4h; null: as doorward.yaml says */
                            expires: string | null;
                            /** @description Who may answer too, from when on, as 15m leads; empty: nobody; null: as doorward.yaml says */
                            escalation: string[] | null;
                            /** @description Group of those who may break the glass; null: nobody */
                            glass: string | null;
                            /** @description How far a yes may reach, as session, pattern; 20 times; 8h; null: to the one call */
                            grantable: string | null;
                            reason: string | null;
                            /** @description Why the accepted tools no longer fit it; null when they do */
                            broken: string | null;
                        }[];
                        text: string;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "policy.check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Cedar policies; on the command line a file, or - for standard input */
                    text: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ok: boolean;
                        digest: string | null;
                        policies: {
                            id: string;
                            /** @enum {string} */
                            effect: "permit" | "forbid";
                            /** @description Group that may lift it for one action */
                            hold: string | null;
                            /** @description How long its requests wait, as 4h; null: as doorward.yaml says */
                            expires: string | null;
                            /** @description Who may answer too, from when on, as 15m leads; empty: nobody; null: as doorward.yaml says */
                            escalation: string[] | null;
                            /** @description Group of those who may break the glass; null: nobody */
                            glass: string | null;
                            /** @description How far a yes may reach, as session, pattern; 20 times; 8h; null: to the one call */
                            grantable: string | null;
                            reason: string | null;
                            /** @description Why the accepted tools no longer fit it; null when they do */
                            broken: string | null;
                        }[];
                        problems: {
                            message: string;
                            help?: string;
                            policy?: string;
                            line?: number;
                            column?: number;
                        }[];
                        warnings: {
                            message: string;
                            help?: string;
                            policy?: string;
                            line?: number;
                            column?: number;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "policy.test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description YAML; on the command line a file, or - for standard input */
                    tests: string;
                    /** @description Cedar policies; on the command line a file, or - for standard input */
                    policy?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        passed: number;
                        failed: number;
                        items: {
                            name: string;
                            passed: boolean;
                            expected: string;
                            got: string;
                            because: string | null;
                            line: number | null;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "policy.learn": {
        parameters: {
            query: {
                /** @description Agent, by name or id */
                agent: string;
                /** @description From when on: as 30d, 12h or 90m before now, or a time such as 2026-11-01T00:00:00Z */
                since?: string;
                /** @description Drop what was learned of this agent before, which may open what it shut */
                replace?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        agent: string;
                        /** @description ISO 8601, UTC */
                        since: string;
                        /** @description ISO 8601, UTC */
                        until: string;
                        /** @description Recorded actions of the agent */
                        actions: number;
                        /** @description Those that something was learned from */
                        learned: number;
                        /** @description The others, and why */
                        skipped: {
                            reason: string;
                            count: number;
                        }[];
                        /** @description What the proposal says to the actions that it was learned from */
                        check: {
                            allowed: number;
                            held: number;
                            denied: number;
                        };
                        /** @description Rules that deny some of them: they stood before */
                        deniedBy: string[];
                        rules: {
                            /** @description Actions that ground it; 0: it shuts everything else */
                            count: number;
                            /** @description Verb and target */
                            target: string;
                            id: string;
                            /** @description What passes of each argument, and what was seen of it */
                            says: string[];
                            first: string | null;
                            last: string | null;
                            /** @description Ids of the first such actions */
                            examples: string[];
                        }[];
                        /** @description Targets without a rule, and why: no narrow one would cover what was seen */
                        left: {
                            target: string;
                            count: number;
                            because: string;
                        }[];
                        /** @description What changes in the text in force, with the grounds of each rule */
                        diff: string;
                        /** @description The whole new text: `policy check`, `policy backtest`, `policy activate` */
                        text: string;
                        /** @description Policy tests in YAML, for `policy test` */
                        tests: string;
                        /** @description What tools without a manifest do, proposed as `manifests set SERVER FILE` reads it */
                        manifests: {
                            server: string;
                            file: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "policy.backtest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Cedar policies; on the command line a file, or - for standard input */
                    text: string;
                    /**
                     * @description From when on: as 30d, 12h or 90m before now, or a time such as 2026-11-01T00:00:00Z
                     * @default 30d
                     */
                    since?: string;
                    /** @description Agent, by name or id */
                    agent?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Digest of the new text */
                        policySet: string;
                        /** @description ISO 8601, UTC */
                        since: string;
                        /** @description ISO 8601, UTC */
                        until: string;
                        /** @description Recorded actions looked at */
                        actions: number;
                        replayed: number;
                        /** @description Answered as they were */
                        same: number;
                        newlyAllowed: number;
                        newlyHeld: number;
                        newlyDenied: number;
                        /** @description Refused by other things than policy, which no text changes */
                        notByPolicy: number;
                        /** @description Not answered: something they were decided by is not on record */
                        unreplayable: number;
                        /** @description Replayed with another definition of the tool than they were decided with */
                        otherDefinition: number;
                        /** @description Why some are unreplayable */
                        because: {
                            reason: string;
                            count: number;
                        }[];
                        /** @description Names these kinds of change: `doorward policy activate FILE --backtest` takes it */
                        confirmation: string;
                        /** @description The most frequent first */
                        items: {
                            count: number;
                            agent: string;
                            /** @description Verb and target; of a resource the server alone */
                            deed: string;
                            /**
                             * @description What policy said when it happened
                             * @enum {string}
                             */
                            from: "allow" | "hold" | "deny";
                            /**
                             * @description What the new text says
                             * @enum {string}
                             */
                            to: "allow" | "hold" | "deny";
                            /** @description Rules of the new text that say so; default-deny where none permits it */
                            rules: string[];
                            /** @description Rules that said otherwise then */
                            formerly: string[];
                            /** @description ISO 8601, UTC */
                            first: string;
                            /** @description ISO 8601, UTC */
                            last: string;
                            /** @description Ids of the first such actions */
                            examples: string[];
                        }[];
                        /** @description Changed actions of further kinds, beyond the first thousand */
                        changesLeftOut: number;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "policy.activate": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Cedar policies; on the command line a file, or - for standard input */
                    text: string;
                    /**
                     * @description Why, for the history
                     * @default
                     */
                    note?: string;
                    /** @description Confirmation that `policy backtest` gave: you saw what would change */
                    backtest?: string;
                    /** @description Why recorded actions are not replayed first; goes on record */
                    withoutBacktest?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        digest: string;
                        previous: string | null;
                        warnings: {
                            message: string;
                            help?: string;
                            policy?: string;
                            line?: number;
                            column?: number;
                        }[];
                        /** @description What recorded actions said of it; null where they were not replayed */
                        backtest: {
                            /** @description Digest of the new text */
                            policySet: string;
                            /** @description ISO 8601, UTC */
                            since: string;
                            /** @description ISO 8601, UTC */
                            until: string;
                            /** @description Recorded actions looked at */
                            actions: number;
                            replayed: number;
                            /** @description Answered as they were */
                            same: number;
                            newlyAllowed: number;
                            newlyHeld: number;
                            newlyDenied: number;
                            /** @description Refused by other things than policy, which no text changes */
                            notByPolicy: number;
                            /** @description Not answered: something they were decided by is not on record */
                            unreplayable: number;
                            /** @description Replayed with another definition of the tool than they were decided with */
                            otherDefinition: number;
                            /** @description Names these kinds of change: `doorward policy activate FILE --backtest` takes it */
                            confirmation: string;
                            /** @description Changed actions of further kinds, beyond the first thousand */
                            changesLeftOut: number;
                        } | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "policy.history": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            digest: string;
                            /** @description ISO 8601, UTC */
                            activatedAt: string;
                            activatedBy: string;
                            note: string;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "policy.why": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Action that happened */
                    action?: string;
                    /** @description Agent, by name or id */
                    agent?: string;
                    /** @description A tool as SERVER/TOOL, or agent:NAME/TOOL for one that an agent runs itself */
                    tool?: string;
                    /** @description A model as UPSTREAM/MODEL */
                    model?: string;
                    /** @description As if the agent acted under this delegation */
                    delegation?: string;
                    /** @description As if the agent acted in this session, now, with what is known there of the user's words and of values */
                    session?: string;
                    /**
                     * @description Arguments of the tool, as JSON
                     * @default {}
                     */
                    arguments?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description What the active policy set says now */
                        verdict: string;
                        /** @description What was said when it happened; null for one that might */
                        recorded: string | null;
                        /** @description What the record says of an action that happened: what decided it then */
                        record: {
                            verdict: string;
                            code: string | null;
                            /** @description Policies, and budgets as budget:NAME */
                            rules: string[];
                            /** @description As the agent was told; null where it is not kept or not yours to see */
                            reason: string | null;
                            remedy: string | null;
                            policySet: string;
                        } | null;
                        code: string | null;
                        reason: string;
                        remedy: string;
                        /** @description The Cedar action */
                        action: string;
                        resource: string;
                        /** @description Arguments that are missing or not of their declared type */
                        doubtful: string[];
                        /** @description The principal chain, and who of it stands in the way */
                        principals: {
                            /** @description user:NAME, delegation:ID, or agent:NAME; the user first, the acting agent last */
                            principal: string;
                            /**
                             * @description What it says by itself; the strictest of the chain counts
                             * @enum {string}
                             */
                            answer: "allow" | "hold" | "deny";
                            /** @description Where it stands in the way */
                            why: string | null;
                        }[];
                        /** @description What was known of its values; null where they were not traced */
                        flow: {
                            /** @description A manifest is in force for the tool */
                            labelled: boolean;
                            effect: string;
                            /** @description attested, claimed or none: whether the user's words are known */
                            mandate: string;
                            /** @description The session had seen what others wrote */
                            tainted: boolean;
                            /** @description More was seen than is kept: only the user's own words counted */
                            overflowed: boolean;
                            /** @description The user's words ask for this kind of deed */
                            asked: boolean;
                            /** @description beyond: its content would reach somebody who may not read it */
                            readers: string;
                            /** @description What others wrote and the content passes on */
                            carries: string[];
                            /** @description Where the values of each role came from */
                            origins: {
                                [key: string]: string[];
                            };
                        } | null;
                        /** @description Every policy in scope, and what it says */
                        policies: {
                            id: string;
                            /** @description Whom of the chain it was asked about: user:NAME or agent:NAME */
                            principal: string;
                            effect: string;
                            /** @description satisfied, not-satisfied or errs */
                            outcome: string;
                            group: string | null;
                            reason: string | null;
                            error: string | null;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "budgets.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            name: string;
                            /** @enum {string} */
                            metric: "requests" | "input-tokens" | "output-tokens" | "tokens" | "cost";
                            /**
                             * @description Of the calendar, in UTC
                             * @enum {string}
                             */
                            window: "minute" | "hour" | "day" | "week" | "month";
                            /** @description Requests, tokens, or US dollars with at most six decimals */
                            amount: string;
                            unit: string;
                            /** @description Name, or each; null: all together */
                            agent: string | null;
                            /** @description Id, or each; null: all together */
                            user: string | null;
                            /** @description Name or prefix*, or each; null: all together */
                            model: string | null;
                            /**
                             * @description What going over it means
                             * @enum {string}
                             */
                            over: "deny" | "hold";
                            /** @description Who must say yes to going over it */
                            group: string | null;
                            /** @description Used or reserved by now, of the fullest of `spenders` */
                            used: string;
                            percent: number;
                            /** @description When its window ends */
                            resetsAt: string;
                            /** @description Counts of this window, fullest first, at most 50 */
                            spenders: {
                                agent: string | null;
                                user: string | null;
                                model: string | null;
                                used: string;
                                percent: number;
                            }[];
                            /** @description ISO 8601, UTC */
                            createdAt: string;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "budgets.get": {
        parameters: {
            query: {
                /** @description Budget, by name or id */
                budget: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @enum {string} */
                        metric: "requests" | "input-tokens" | "output-tokens" | "tokens" | "cost";
                        /**
                         * @description Of the calendar, in UTC
                         * @enum {string}
                         */
                        window: "minute" | "hour" | "day" | "week" | "month";
                        /** @description Requests, tokens, or US dollars with at most six decimals */
                        amount: string;
                        unit: string;
                        /** @description Name, or each; null: all together */
                        agent: string | null;
                        /** @description Id, or each; null: all together */
                        user: string | null;
                        /** @description Name or prefix*, or each; null: all together */
                        model: string | null;
                        /**
                         * @description What going over it means
                         * @enum {string}
                         */
                        over: "deny" | "hold";
                        /** @description Who must say yes to going over it */
                        group: string | null;
                        /** @description Used or reserved by now, of the fullest of `spenders` */
                        used: string;
                        percent: number;
                        /** @description When its window ends */
                        resetsAt: string;
                        /** @description Counts of this window, fullest first, at most 50 */
                        spenders: {
                            agent: string | null;
                            user: string | null;
                            model: string | null;
                            used: string;
                            percent: number;
                        }[];
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        /** @description Windows that something was counted in, the oldest first, at most 60 */
                        history: {
                            /** @description When that window, or a reset within it, began */
                            from: string;
                            /** @description Of whoever used most */
                            used: string;
                            /** @description Of what the budget allows now */
                            percent: number;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "budgets.add": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the budget */
                    name: string;
                    /**
                     * @description What is counted
                     * @enum {string}
                     */
                    metric: "requests" | "input-tokens" | "output-tokens" | "tokens" | "cost";
                    /**
                     * @description Of the calendar, in UTC; weeks begin on Monday
                     * @enum {string}
                     */
                    window: "minute" | "hour" | "day" | "week" | "month";
                    /** @description Requests or tokens; for cost US dollars: 25.00 */
                    amount: string;
                    /** @description Count this agent alone, or each by itself */
                    agent?: string;
                    /** @description Count who this user's agents are, or each user by itself */
                    user?: string;
                    /** @description Count UPSTREAM/MODEL, MODEL, a prefix*, or each by itself */
                    model?: string;
                    /**
                     * @description Beyond it: deny, or hold until people say yes
                     * @default deny
                     * @enum {string}
                     */
                    over?: "deny" | "hold";
                    /** @description Who must say yes to going over it */
                    group?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @enum {string} */
                        metric: "requests" | "input-tokens" | "output-tokens" | "tokens" | "cost";
                        /**
                         * @description Of the calendar, in UTC
                         * @enum {string}
                         */
                        window: "minute" | "hour" | "day" | "week" | "month";
                        /** @description Requests, tokens, or US dollars with at most six decimals */
                        amount: string;
                        unit: string;
                        /** @description Name, or each; null: all together */
                        agent: string | null;
                        /** @description Id, or each; null: all together */
                        user: string | null;
                        /** @description Name or prefix*, or each; null: all together */
                        model: string | null;
                        /**
                         * @description What going over it means
                         * @enum {string}
                         */
                        over: "deny" | "hold";
                        /** @description Who must say yes to going over it */
                        group: string | null;
                        /** @description Used or reserved by now, of the fullest of `spenders` */
                        used: string;
                        percent: number;
                        /** @description When its window ends */
                        resetsAt: string;
                        /** @description Counts of this window, fullest first, at most 50 */
                        spenders: {
                            agent: string | null;
                            user: string | null;
                            model: string | null;
                            used: string;
                            percent: number;
                        }[];
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "budgets.set": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Budget, by name or id */
                    budget: string;
                    /** @description Requests or tokens; for cost US dollars: 25.00 */
                    amount?: string;
                    /**
                     * @description Beyond it: deny, or hold until people say yes
                     * @enum {string}
                     */
                    over?: "deny" | "hold";
                    /** @description Who must say yes to going over it */
                    group?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @enum {string} */
                        metric: "requests" | "input-tokens" | "output-tokens" | "tokens" | "cost";
                        /**
                         * @description Of the calendar, in UTC
                         * @enum {string}
                         */
                        window: "minute" | "hour" | "day" | "week" | "month";
                        /** @description Requests, tokens, or US dollars with at most six decimals */
                        amount: string;
                        unit: string;
                        /** @description Name, or each; null: all together */
                        agent: string | null;
                        /** @description Id, or each; null: all together */
                        user: string | null;
                        /** @description Name or prefix*, or each; null: all together */
                        model: string | null;
                        /**
                         * @description What going over it means
                         * @enum {string}
                         */
                        over: "deny" | "hold";
                        /** @description Who must say yes to going over it */
                        group: string | null;
                        /** @description Used or reserved by now, of the fullest of `spenders` */
                        used: string;
                        percent: number;
                        /** @description When its window ends */
                        resetsAt: string;
                        /** @description Counts of this window, fullest first, at most 50 */
                        spenders: {
                            agent: string | null;
                            user: string | null;
                            model: string | null;
                            used: string;
                            percent: number;
                        }[];
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "budgets.reset": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Budget, by name or id */
                    budget: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @enum {string} */
                        metric: "requests" | "input-tokens" | "output-tokens" | "tokens" | "cost";
                        /**
                         * @description Of the calendar, in UTC
                         * @enum {string}
                         */
                        window: "minute" | "hour" | "day" | "week" | "month";
                        /** @description Requests, tokens, or US dollars with at most six decimals */
                        amount: string;
                        unit: string;
                        /** @description Name, or each; null: all together */
                        agent: string | null;
                        /** @description Id, or each; null: all together */
                        user: string | null;
                        /** @description Name or prefix*, or each; null: all together */
                        model: string | null;
                        /**
                         * @description What going over it means
                         * @enum {string}
                         */
                        over: "deny" | "hold";
                        /** @description Who must say yes to going over it */
                        group: string | null;
                        /** @description Used or reserved by now, of the fullest of `spenders` */
                        used: string;
                        percent: number;
                        /** @description When its window ends */
                        resetsAt: string;
                        /** @description Counts of this window, fullest first, at most 50 */
                        spenders: {
                            agent: string | null;
                            user: string | null;
                            model: string | null;
                            used: string;
                            percent: number;
                        }[];
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "budgets.remove": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Budget, by name or id */
                    budget: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @enum {string} */
                        metric: "requests" | "input-tokens" | "output-tokens" | "tokens" | "cost";
                        /**
                         * @description Of the calendar, in UTC
                         * @enum {string}
                         */
                        window: "minute" | "hour" | "day" | "week" | "month";
                        /** @description Requests, tokens, or US dollars with at most six decimals */
                        amount: string;
                        unit: string;
                        /** @description Name, or each; null: all together */
                        agent: string | null;
                        /** @description Id, or each; null: all together */
                        user: string | null;
                        /** @description Name or prefix*, or each; null: all together */
                        model: string | null;
                        /**
                         * @description What going over it means
                         * @enum {string}
                         */
                        over: "deny" | "hold";
                        /** @description Who must say yes to going over it */
                        group: string | null;
                        /** @description Used or reserved by now, of the fullest of `spenders` */
                        used: string;
                        percent: number;
                        /** @description When its window ends */
                        resetsAt: string;
                        /** @description Counts of this window, fullest first, at most 50 */
                        spenders: {
                            agent: string | null;
                            user: string | null;
                            model: string | null;
                            used: string;
                            percent: number;
                        }[];
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "users.list": {
        parameters: {
            query?: {
                /** @description Cursor: `next` of the page before */
                after?: string;
                /** @description Items per page, 1 to 200 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            name: string;
                            roles: ("admin" | "approver" | "auditor" | "owner")[];
                            groups: string[];
                            /** @description `local`, or the identity provider that vouches for the user */
                            issuer: string;
                            /** @description Who the user is at the identity provider; null for a local user */
                            subject: string | null;
                            /** @description ISO 8601, UTC */
                            createdAt: string;
                            disabledAt: string | null;
                        }[];
                        /** @description Cursor of the next page; null at the end */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "users.add": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the user */
                    name: string;
                    /**
                     * @description Roles: admin, approver, auditor, owner; a provider's user may have them by groups alone
                     * @default []
                     */
                    roles?: ("admin" | "approver" | "auditor" | "owner")[];
                    /**
                     * @description Groups; a hold names the groups that may approve it
                     * @default []
                     */
                    groups?: string[];
                    /** @description Issuer URL of the identity provider that signs the user in */
                    issuer?: string;
                    /** @description The user's `sub` at that provider */
                    subject?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        roles: ("admin" | "approver" | "auditor" | "owner")[];
                        groups: string[];
                        /** @description `local`, or the identity provider that vouches for the user */
                        issuer: string;
                        /** @description Who the user is at the identity provider; null for a local user */
                        subject: string | null;
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        disabledAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "users.set-roles": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description User, by name or id */
                    user: string;
                    /** @description Roles: admin, approver, auditor, owner */
                    roles: ("admin" | "approver" | "auditor" | "owner")[];
                    /** @description Groups; without it they stay as they are */
                    groups?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        roles: ("admin" | "approver" | "auditor" | "owner")[];
                        groups: string[];
                        /** @description `local`, or the identity provider that vouches for the user */
                        issuer: string;
                        /** @description Who the user is at the identity provider; null for a local user */
                        subject: string | null;
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        disabledAt: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "users.disable": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description User, by name or id */
                    user: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        roles: ("admin" | "approver" | "auditor" | "owner")[];
                        groups: string[];
                        /** @description `local`, or the identity provider that vouches for the user */
                        issuer: string;
                        /** @description Who the user is at the identity provider; null for a local user */
                        subject: string | null;
                        /** @description ISO 8601, UTC */
                        createdAt: string;
                        disabledAt: string | null;
                        /** @description Agents of theirs that go on, with rights of their own */
                        agents: string[];
                        /** @description What is left to do about those; null: nothing */
                        next: string | null;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "login-links.create": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description User, by name or id */
                    user: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        link: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "notices.list": {
        parameters: {
            query?: {
                /** @description Show those too that you have put away */
                all?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description Index of the ledger entry that says it */
                            entry: number;
                            /** @enum {string} */
                            what: "observe-began" | "observe-ended" | "outcome-unknown" | "owner-left" | "engines-disagree" | "undelivered" | "glass-broken" | "glass-reviewed" | "linked" | "group-observed" | "stopped" | "resumed" | "connection-ended";
                            /** @description Name of the agent */
                            agent: string | null;
                            subject: string;
                            approval: string | null;
                            says: string;
                            /** @description You have not put it away */
                            isNew: boolean;
                            /** @description ISO 8601, UTC */
                            at: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "notices.dismiss": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The newest that you have read, by its entry */
                    entry: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entry: number;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "provider-groups.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            name: string;
                            roles: ("admin" | "approver" | "auditor" | "owner")[];
                            groups: string[];
                            /** @description ISO 8601, UTC */
                            changedAt: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "provider-groups.set": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The group, exactly as the identity provider writes it */
                    group: string;
                    /**
                     * @description Roles: admin, approver, auditor, owner
                     * @default []
                     */
                    roles?: ("admin" | "approver" | "auditor" | "owner")[];
                    /**
                     * @description Groups; a hold names those that may approve it
                     * @default []
                     */
                    groups?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        roles: ("admin" | "approver" | "auditor" | "owner")[];
                        groups: string[];
                        /** @description ISO 8601, UTC */
                        changedAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "provider-groups.remove": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The group, exactly as the identity provider writes it */
                    group: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        roles: ("admin" | "approver" | "auditor" | "owner")[];
                        groups: string[];
                        /** @description ISO 8601, UTC */
                        changedAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "sign-ins.list": {
        parameters: {
            query: {
                /** @description User, by name or id */
                user: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            /** @description Name of the user */
                            user: string;
                            /** @description console (a browser) or cli (a terminal, or a token made for API and MCP) */
                            kind: string;
                            /** @description ISO 8601, UTC */
                            createdAt: string;
                            /** @description ISO 8601, UTC */
                            expiresAt: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "sign-ins.end": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description User, by name or id */
                    user: string;
                    /** @description One sign-in, by id; without it all of them */
                    signIn?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user: string;
                        ended: number;
                        /** @description ISO 8601, UTC */
                        endedAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "tokens.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            /** @description console (cookie) or cli (bearer token) */
                            kind: string;
                            /** @description ISO 8601, UTC */
                            createdAt: string;
                            /** @description ISO 8601, UTC */
                            expiresAt: string;
                            /** @description The one this request was made with */
                            current: boolean;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "tokens.create": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Days it is valid, 1 to 365
                     * @default 30
                     */
                    days?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Shown once. Send it as `Authorization: Bearer` */
                        token: string;
                        /** @description ISO 8601, UTC */
                        expiresAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "tokens.confirm": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The terminal's sign-in, by id */
                    token: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description ISO 8601, UTC */
                        presentUntil: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "tokens.revoke": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Token, by id */
                    token: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description ISO 8601, UTC */
                        revokedAt: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "tokens.rotate-key": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Refuse at once what the one before signed: where it may have leaked
                     * @default false
                     */
                    revoke?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description ISO 8601, UTC */
                        madeAt: string;
                        revoked: boolean;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "credentials.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        hasPassword: boolean;
                        passwordSetAt: string | null;
                        items: {
                            id: string;
                            name: string;
                            /** @description ISO 8601, UTC */
                            createdAt: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "credentials.remove-passkey": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Passkey, by id */
                    passkey: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "payloads.destroy": {
        parameters: {
            query?: {
                /** @description Check everything and change nothing */
                "dry-run"?: boolean;
            };
            header?: {
                /** @description The same key with the same input gets the same answer, and nothing is done twice (24 hours) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description User, by name or id */
                    user: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user: string;
                    } | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
