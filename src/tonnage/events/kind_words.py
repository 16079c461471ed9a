"""Words that name types and stages of events, and lean a date ahead or back, in all languages. Data only."""

# ruff: noqa: E501  (one pattern, one line: cut, it could not be read)

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "ACT_AFTER",
    "ACT_BEFORE",
    "AHEAD",
    "AHEAD_AFTER",
    "ANNOUNCED",
    "ANNOUNCED_THEN",
    "BREAK",
    "CUSTOMS",
    "EFFECTIVE_AFTER",
    "EFFECTIVE_BEFORE",
    "EFFECTIVE_NEAR",
    "FROM_DAY",
    "HARD_BREAK",
    "IMMEDIATE",
    "JUST_ANNOUNCED",
    "LEANS",
    "LEANS_AFTER",
    "LEGAL",
    "MEASURES",
    "NOT_YET",
    "PAST",
    "SCHEDULED",
    "SECOND_HAND",
    "SOURCES",
    "SPLIT",
    "SPOKEN",
    "STAGES",
    "STATISTICAL",
    "STOPS_TRADE",
    "TYPES",
    "UNTIL_AFTER",
    "UNTIL_BEFORE",
]

#: Type -> (handicap, words). The nearest words win; a handicap makes weak words yield to strong ones.
TYPES: Final[dict[str, tuple[int, str]]] = {
    "export_restriction.entity_list": (
        0,
        r"(?i:\bentity list|\b(?:export[- ])?control list|\bwatch ?list|\bblacklist\w*|\bunreliable entit\w+|\bend[- ]user list|lista de (?:control|vigilancia|entidades)|liste (?:noire|de contrôle|de surveillance)|kontrollliste|lista de controle)|管控名单|管控名單|清单|清單|名单|名單|リスト|블랙리스트|통제\s?명단|명단",
    ),
    "export_restriction.quota": (
        0,
        r"(?i:\bquotas?\b|\b(?:export )?(?:caps?|ceilings?)\b|\bcapped\b|\bkontingent\w*|\bquoten?\b|\bcuotas?\b|\bcupos?\b|\bcotas?\b|hạn ngạch)|配额|配額|輸出枠|쿼터|할당",
    ),
    "export_restriction.tax": (
        0,
        r"(?i:\bexport (?:tax|dut|lev|tariff)\w*|\b(?:tax|dut(?:y|ies)|lev(?:y|ies)) on (?:\w+ ){0,4}exports?|ausfuhrzoll|ausfuhrzölle|exportsteuer|exportzoll|exportzölle|retenciones|derechos de exportación|impuesto a la exportación|taxes? à l'exportation|droits? d'exportation|imposto de exportação|taxa de exportação|thuế xuất khẩu)|出口关税|出口關稅|出口税|輸出税|輸出関税|수출세|수출\s?관세",
    ),
    "export_restriction.ban": (
        0,
        r"(?i:\b(?:export )?bans?\b|\bbanned\b|\bbanning\b|\bprohibit\w*|\bembargo\w*|\b(?:export|ore) (?:stop|freeze|halt|stoppage)\b|\boutlaw\w*|\bfreeze\b|\bno longer be (?:exported|shipped|sold)|\bmay not be (?:exported|shipped)|\b(?:halt\w*|stopp\w*|end|ends|ended|ending|ceas\w+|block\w*|cut off|bar|barred|barring|suspend\w*|suspension of|stop) (?:\w+ ){0,5}(?:exports?|shipments?|exporting|sales|from leaving)\b|\b(?:exports?|shipments?|sales|deliveries) (?:\w+ ){0,6}(?:suspended|halted|stopped|banned|blocked|frozen|barred|forbidden|prohibited)\b|\b(?:stopped|halted|barred|blocked|kept)\b[^.;]{0,80}\bfrom (?:leaving|being (?:exported|shipped))|\bexports? (?:\w+ ){0,6}(?:are to end|is to end|to end|will end|to stop|stopped|halted|forbidden|barred)\b|\bforb[ia]d\w*|verbot\w*|verbiet\w*|ausfuhrstopp|exportstopp|untersag\w*|prohíb\w*|prohib\w+|veto|embargo|vet[óa]\b|interdi\w+|proíb\w*|proib\w+|cấm)|禁令|禁止|禁运|禁運|禁輸|禁じ|輸出[^。]{0,8}止め|禁出口|수출\s?금지|금지|금수",
    ),
    "licence_practice": (
        -6,
        r"(?i:\b(?:approv\w+|grant\w*|issu\w+|review\w*|process\w*|sped up|speed\w*|slow\w*|reject\w*|delay\w*|accept\w*|handed out|hand\w* out|receiv\w+|won|cleared|green-?lit)(?: \w+){0,6} (?:licen[cs]es?|licen[cs]ing applications?|applications?|permits|export permits|approvals)\b|\b(?:licen[cs]e|licen[cs]ing|export) (?:applications?|reviews?|approvals?)\b|\blicen[cs]es? (?:\w+ ){0,3}(?:granted|issued|approved|rejected)|\bgeneral licen[cs]es?|\bgreen channel|genehmigungsanträge\w*|(?:genehmigungen|lizenzen) (?:erteilt|vergeben)|anträge\w*|solicitudes|licencias (?:concedidas|otorgadas|aprobadas)|demandes? de licences?|licences? (?:accordées?|délivrées?)|pedidos de licença|licenças concedidas)|许可申请|許可申請|审批|審批|審査(?:を|が|の)?(?:厳格|遅|加速|停止|強化)|承認し|승인|심사|获批|獲批|批准",
    ),
    "export_restriction.licensing": (
        2,
        r"(?i:\blicen[cs](?:e|es|ing|ed)\b|\bpermits?\b|\bexport[- ]control\w*|\bcontrols? on (?:\w+ ){0,6}exports?|\bcontrols? over|\bauthori[sz]ation\b|exportkontroll\w*|ausfuhrkontroll\w*|genehmigungspflicht\w*|lizenz\w*|genehmigung\w*|licencias?|permisos? de exportación|control(?:es)? (?:de|a|sobre) (?:la |las )?exporta\w+|licences?|contrôles? (?:à|des|sur) (?:l'|les )?export\w*|licença|controles? (?:de|à|às|sobre) (?:as )?exporta\w+|giấy phép|kiểm soát xuất khẩu)|出口管制|许可证?|許可証?|許可制|許可申請|個別申請|申請を(?:出|求)|手続きを厳格|輸出管理|輸出規制|管制|의무화|허가|수출\s?통제|통제",
    ),
    "export_restriction": (
        4,
        r"(?i:\bexport (?:curbs?|restrictions?|limits?|measures?)|\bcurbs?\b|\brestrict\w*|exportbeschränkung\w*|ausfuhrbeschränkung\w*|beschränkung\w*|restriccion\w*|restrict\w+|restrição|restrições|hạn chế)|限制|規制|제한|규제|公告|措施|措置|조치",
    ),
    "import_restriction": (
        -4,
        r"(?i:\bimport (?:bans?|curbs?|dut\w+|tariffs?|restrictions?|suspension|halt|quotas?)|\bban on (?:\w+ ){0,4}(?:imports?|seafood)|\banti-?dumping|\b(?:halt\w*|suspend\w*|stopp\w*|bann\w*|stop) (?:\w+ ){0,3}imports?|\btariffs? on\b|\bimports? (?:\w+ ){0,4}(?:banned|halted|suspended)|seafood imports|einfuhr(?:verbot|stopp|zoll|zölle)\w*|importstopp|importverbot|prohibición de importa\w+|antidumping|arancel\w*|droits? de douane|droits antidumping|tarifas? (?:de|sobre) importa\w+|chống bán phá giá|cấm nhập khẩu)|反倾销|反傾銷|反ダンピング|禁止进口|禁止進口|輸入(?:停止|禁止|規制)|水産物|반덤핑|수입\s?(?:금지|중단)|加徵關稅|加征关税",
    ),
    "data_release": (
        3,
        r"(?i:\bcustoms\b|\breleases?\b(?! of)|\bdata\b|\bfigures?\b|\bstatistics?\b|\bnumbers\b|\bbreakdown\b|\bdesglose\b|\bventilation\b|aufschlüsselung|\bdetalhamento\b|\btall(?:y|ies)\b|\btrade report|\bmonthly report|zoll(?:behörde|verwaltung|daten|amt)?\b|\bdaten\b|\bzahlen\b|statistik\w*|\bdatos?\b|estadísticas?|\baduanas?\b|\bcifras\b|\bdonnées\b|\bchiffres\b|statistiques?|\bdouanes?\b|\bdados\b|\bnúmeros\b|alfândega|estatísticas?|số liệu|hải quan|dữ liệu|thống kê)|统计|統計|数据|數據|資料|海关|海關|税関|データ|통계|해관|세관|자료|速報|分類數據|分項|细分|細分|内訳|細目|세부",
    ),
    "protest": (
        -40,
        r"(?i:\bprotest\w*|\blodg\w+ (?:\w+ ){0,4}(?:complaint|protest|representation)|\bsummon\w*|\bdemand\w* (?:\w+ ){0,4}(?:withdraw\w*|retract\w*|release)|\bcomplain\w* (?:to|at|with) (?:the )?(?:WTO|World)|\bWTO (?:complaint|case|dispute)|\b(?:filed|file|files) (?:\w+ ){0,4}(?:complaint|case)|\brepresentations?\b|\bprotestier\w*|einbestell\w*|protest[aóe]\w*|quejas?|convoc[óo]\w*|protestation|phản đối)|抗议|抗議|交涉|撤回を求め|申し入れ|항의|召见|召見|초치|제소|提訴|起诉",
    ),
    "agreement": (
        -6,
        r"(?i:\bagree(?:s|d|ment|ments|ing)?\b|\bdeal\b|\baccord\b|\btruce\b|\bpact\b|\bsign(?:s|ed|ing)\b|\bmemorandum|\bframework\b|\babkommen\b|\beinig\w+|vereinbar\w*|unterzeichn\w*|\bacuerdo\w*|acord\w+|\bfirm(?:ó|aron|ado)\b|\baccords?\b|\bsigné\w*|\bassin(?:ou|aram|ado)\b|thỏa thuận|ký kết)|协议|協議(?!会)|达成|達成一致|签署|簽署|合意|署名|조인|합의|협정|서명",
    ),
    "meeting": (
        -4,
        r"(?i:\bme(?:et|ets|eting|etings|t)\b|\btalks\b|\bsummit\b|\bconference\b|\bvisit(?:s|ed)?\b|\bphone call|\bheld a call|\bconvene\w*|\btreffen\b|\btraf(?:en)?\b|\bgipfel\w*|\bgespräch\w*|reuni(?:ón|ones|eron|ó)|cumbre|conversaciones|réuni\w+|sommet|rencontr\w+|entretien\w*|reunião|reuniram|encontro|cúpula|hội nghị|cuộc gặp|gặp gỡ|hội đàm)|会谈|會談|会议|會議|会合|峰会|峰會|首脳|会晤|會晤|회담|회의|정상회|통화|電話会談",
    ),
    "media_report": (
        4,
        r"(?i:\breported(?: (?:on|that|last|earlier))?\b|\bnewspaper\b|\bsources?\b|\bsaid people familiar|\b(?:Wall Street Journal|WSJ|Bloomberg|China Daily|Kyodo|Nikkei|Jiji|Financial Times|Global Times|Yomiuri|Asahi|Xinhua)\b|\bciting\b|\breports?\b|\bberichte\w*|\bZeitung\b|\binform(?:ó|a|aron)\b|\bdiario\b|\bfuentes\b|\brapport\w*|\bjournal\b|\bselon des sources|\bnoticiou|\bjornal\b|\binformou|đưa tin)|报道|報道|報導|伝えた|報じ|消息人士|関係者|보도|전했다|소식통|日报|日報",
    ),
    "official_statement": (
        12,
        r"(?i:\bsaid\b|\bsays\b|\btold\b|\bspokes(?:man|woman|person)\b|\bremark\w*|\bstatement\b|\bcomment\w*|\burg(?:ed|es)\b|\bcall(?:s|ed) (?:on|for)\b|\bstated\b|\bwarn\w*|\bcritici[sz]\w*|\bstress\w*|\bvow\w*|\bpledg\w*|\bannounc\w*|\bdeclar\w*|\bpress (?:conference|briefing)|\bsagte\b|\bsprecher\w*|\berklär\w*|\bkündig\w*|\bmitgeteilt|\bteilte\b|äußer\w*|\bdijo\b|\bportavoz|declar\w+|anunci\w*|señal\w+|\bafirm\w+|\bporte-parole|déclar\w+|annonc\w*|\baffirm\w+|\bdisse\b|porta-voz|tuyên bố|phát ngôn|cho biết)|表示|发言人|發言人|称|稱|宣布|发言|發言|声明|聲明|述べ|発言|会見で|明らかに|発表|表明|밝혔|말했|발언|대변인|성명|발표|强调|強調|回应|回應",
    ),
}

SPOKEN: Final = re.compile(
    r"(?i:\bspokes(?:man|woman|person)\b|\btold (?:reporters|parliament|the Diet)|\bremark\w*|\bregular (?:press )?(?:briefing|conference)|"
    r"\bsprecher\w*|\bportavoz|\bporte-parole|porta-voz|phát ngôn)|发言人|發言人|例行|記者会|報道官|報道局|대변인"
)

#: Stage -> words, in the order they are tried. Distances are not weighed: they are words of the date's clause.
STAGES: Final[dict[str, str]] = {
    "denied": r"(?i:\bden(?:y|ies|ied|ial)\b|\bdementi\w*|\bbestritt\w*|\bnegó\b|\bniega\b|\bdément\w*|\bnegou\b|bác bỏ|phủ nhận)|否认|否認|부인",
    "considered": r"(?i:\bconsider(?:s|ed|ing)?\b|\bweigh(?:s|ed|ing)?\b|\bmull\w*|\bponder\w*|\bthinking (?:about|of)|\bstudying\b|\bexplor\w+|\bthreat\w*|\berwäg\w*|\bprüf(?:t|e|en)\b|\bestudia\w*|\bbaraja\w*|\bsopesa\w*|\bconsidera\w*|\benvisag\w*|\bétudi\w*|\bcogita\w*|\bavalia\w*|cân nhắc|xem xét)|考虑|考慮|研议|研議|検討|검토",
    "lifted": r"(?i:\bdo(?:es|ing|ne)? away with|\bend(?:s|ed|ing)? (?:its|the|a) (?:\w+ ){0,3}(?:bans?|quotas?|curbs?|controls?|restrictions?|dut|tax)|\blift(?:s|ed|ing)?\b|\bscrapp?(?:s|ed|ing)?\b(?= (?:the|its|export|quota|ban|a))|\babolish\w*|\brevok\w*|\bremov\w+|\bdropp?(?:ed|s|ing)? (?:the |its |export )?(?:quota|ban|dut|tax|curb)\w*|\brepeal\w*|\bagain\b|\baufgehoben|\baufheb\w*|\babgeschafft|\blevant\w*|\belimin\w+|\blev[ée]\w*|\bsupprim\w*|\brevog\w*|\bsuspendeu a proib|bãi bỏ|dỡ bỏ)|取消|解除|废除|廢除|撤廃|撤销|撤銷|해제|철폐|폐지",
    "suspended": r"(?i:\bsuspend(?:s|ed|ing)?\b|\bsuspension\b|\bpaus(?:e|es|ed|ing)\b|\bput on hold|\bshelv\w+|\bausgesetzt|\bsetzt\b[^.]{0,80}\baus\b|\baussetz\w*|\bausset\w*|\bsuspend\w+|\bsuspens\w+|\bpausa\b|\bgel[ée]\w*|đình chỉ|tạm dừng|tạm ngừng)|暂停|暫停|中止|一時停止|停止(?:实施|實施|適用)|凍結|유예|중단",
    "resumed": r"(?i:\bresum\w*|\brestart\w*|\bwieder ?auf\w*|\breanud\w*|\brepr(?:ise|endre|is)\b|\bretom\w*|nối lại)|恢复|恢復|再開|재개",
    "amended": r"(?i:\bamend\w*|\brevis(?:e|ed|es|ing) (?:the|its)|\bextend(?:s|ed|ing)?\b|\bprolong\w*|\bverlänger\w*|\bgeändert|\bmodific\w*|\bprorrog\w*|\bampli[aóo]\w*|\bmodifi\w*|sửa đổi|gia hạn)|修订|修訂|延长|延長|改正|개정|연장",
}

EFFECTIVE_BEFORE: Final = re.compile(
    r"(?i:\b(?:from|effective(?: from| on| as of)?|start(?:s|ing|ed)?(?: on| from)?|begin(?:s|ning)?(?: on| from)?|began(?: on)?|as of|as from|"
    r"in (?:force|effect|place)(?: since| from| on| as of)?|(?:tak(?:e|es|ing)|took|taken) effect(?: on| from| in)?|(?:came|come|comes|coming|go|goes|went|entered?|"
    r"enters|entering|put|puts) into (?:force|effect)(?: on| from| in)?|since|kick(?:s|ed)? in(?: on)?|appl(?:y|ies|ied)(?: from| on| as of)?|"
    r"implemented(?: on| from)?|(?:moved|brought forward|postponed|delayed|pushed back)(?: up| forward)? (?:to|until)|ab(?: dem)?|seit(?: dem)?|in kraft(?: seit| ab)?|tritt am|trat am|traten am|treten am|gilt ab|gelten ab|zum|a partir del?(?: día)?|"
    r"desde(?: el)?|entr(?:ó|ará|a|aron|arán) en vigor(?: el| en)?|vigente desde(?: el)?|à (?:partir|compter) du|"
    r"depuis(?: le)?|entr(?:é|ée|és|e|era|ent|ées|eront) en vigueur(?: le| en)?|entr(?:ou|a|ará|am|aram) em vigor(?: em| no)?|"
    r"có hiệu lực(?: từ)?(?: ngày)?|từ(?: ngày)?|kể từ(?: ngày)?)(?: the| the start of| early| mid)?)[ :]?$|(?:自|從|从|由|于|於)$"
)

EFFECTIVE_AFTER: Final = re.compile(
    r"[)\s]{0,2}(?:(?i:,? (?:takes?|took) effect|,? in kraft|,? en vigor|,? en vigueur|,? onwards?\b)|"
    r"(?:起|开始|開始|から|以降|以後|以后|より(?!も)|부터|正式(?:实施|實施|生效)|生效|实施|實施|施行|発効|付で|付け(?:で|から)|시행|발효))"
)

EFFECTIVE_NEAR: Final = re.compile(
    r"(?i:\b(?:takes?|took|taking|taken) effect|\binto (?:force|effect)|\bin (?:force|effect)\b|\bhad stopped|\b(?:halted|stopped) (?:all |the |its )?(?:exports?|shipments?)|\bhas stopped|\bhad halted|\bha[sd] been (?:suspended|stopped|halted|banned|barred|blocked|forbidden|prohibited)|\bin kraft|\ben vigor|"
    r"\ben vigueur|\bem vigor|có hiệu lực)|生效|实施|實施|施行|発効|시행|발효|正式"
)

UNTIL_BEFORE: Final = re.compile(
    r"(?i:\b(?:until|through|till|up to|expir(?:e|es|ed|ing|y)(?: on)?|ends?(?: on)?|run(?:s|ning)? (?:to|through|until)|lasts? (?:to|through|until)|"
    r"bis(?: zum)?|hasta(?: el)?|jusqu'(?:au|en|à)|até(?: o)?(?: dia)?|đến(?: ngày| hết ngày)?)(?: at least| the end of)?) ?$|(?:至|到|截至|持续到|持續到|直至|直到)$"
)

UNTIL_AFTER: Final = re.compile(r"\s?(?:まで|까지|为止|為止|到期|期滿|期满|失效|に失効)")

SCHEDULED: Final = re.compile(
    r"(?i:\bplann?ed (?:for|to)|\bschedul\w*|\bdue\b|\bset for\b|\bslated\b|\bexpected\b|\bsupposed to\b|\bwill be (?:released|published|issued)|\bis to be|"
    r"\bto be (?:released|published)|\bcomes? out\b|\bfollows?\b on|\bwill (?:follow|come|publish|release|meet|hold|host)\b|\bsollen?\b|\bgeplant|\bwird .{0,30}(?:veröffentlich|erwartet)|"
    r"\bprevist[oa]s?\b|\bprev[éê]n?\b|\bse esperan?\b|\battendue?s?\b|\bexpected\b|\bawaited\b|\bse (?:publicar|conocer)á\w*|\bprévu\w*|\bseront? publi\w+|\bser(?:á|ão) (?:divulgad|publicad)\w+|\bprogramad[oa]|dự kiến|sẽ (?:công bố|được))|"
    r"要等到|将于|將於|將在|将在|预定|預定|予定|公表され(?:る|ます)|발표될|예정|才(?:发布|發布|公布|公佈)|预计|預計"
)

ANNOUNCED: Final = re.compile(
    r"(?i:\bannounc\w*|\bsaid\b|\bsays\b|\bunveil\w*|\bissued\b|\bpublish\w*|\bdeclar\w*|\bordered\b|\bfixed\b|\bset\b|\bdecid\w*|\bconfirm\w*|\bnotice\b|\btold\b|"
    r"\bankündig\w*|\bangekündigt|\bteilte\b|\bmitgeteilt|\bverkünd\w*|\bsagte\b|\berklär\w*|\bbeschloss\w*|\banunci\w*|\bdijo\b|\binform\w*|\bcomunic\w*|\bannonc\w*|\bdéclar\w*|"
    r"\bdisse\b|công bố|thông báo|cho biết)|宣布|公布|公佈|发布|發布|發佈|公告|表示|发表|發表|宣佈|明らかに|発表|公表|表明|밝혔|발표|공고|공시"
)

JUST_ANNOUNCED: Final = re.compile(
    r"(?i:\b(?:brought in|announced|unveiled|issued|introduced|published|declared|angekündigt|anunciad[oa]s?|annoncé(?:e|s|es)?)(?: on| le| el)? )$"
)

ANNOUNCED_THEN: Final = re.compile(
    r"\s?(?:に)?(?:发布|發布|公布|宣布|発表|発布|出台)(?:的|した|された)|\s?발표한"
)

FROM_DAY: Final = re.compile(r"(?i)\b(?:from|ab|a partir|à partir|desde|từ)\b|起(?!码)|から|부터")

#: "With immediate effect".
IMMEDIATE: Final = re.compile(
    r"(?i:\bimmediate(?:ly)?\b|\bat once\b|\bstraight away|\bmit sofortiger wirkung|\bsofort\w*|\binmediat\w*|\bde inmediato|\bimmédiat\w*|\bavec effet immédiat|"
    r"\bimediat\w*|ngay lập tức|có hiệu lực ngay)|即日|立即|即时|即時|即刻|同日(?:付|から|施行)|直ちに|자로\s?시행|즉시|즉각|当日から|自公布之日|自发布之日|自即日"
)

NOT_YET: Final = re.compile(
    r"(?i:\b(?:no|not|without|isn't|nicht|kein\w*|sin|sans|sem)\b(?: \w+){0,3} (?:immediate|sofort|inmediat|immédiat|imediat))"
)

# Future words that are sure, words that only lean forward, and past words that overrule both.
AHEAD: Final = re.compile(
    r"(?i:\bwill\b|\bis (?:due|set|supposed|scheduled|expected|slated|to)\b|\bare (?:due|set|supposed|scheduled|expected|slated|to)\b|\bdue\b(?! to (?!be\b|take\b|start\b|begin\b|expire\b|end\b))|\bto take effect|\btakes effect|\bcomes? out\b|\bto follow\b|\bnext\b|"
    r"\bcoming\b|\bgoing to\b|\bplans? to\b|\bwould\b|\bto be released|\bwird\b|\bwerden\b(?! konnten)|\bsoll(?:en)?\b|\btritt\b|\btreten\b|\bentrará\w*|\bserán?\b|\bprev[éê]n?\b|\bse esperan?\b|\besperad[oa]s?\b|\battendue?s?\b|\berwartet\b|\bgeplant\b|\bvorgesehen\b|\bexpected\b|\bawaited\b|\bprevist[oa]s?|\bse publicar\w*|"
    r"\bsera\b|\bseront\b|\bentrera\b|\bprévu\w*|\bserá\b|\bserão\b|\b\w{3,}(?:ará|erá|irá)n?\b|\b(?:lèvera|interdira|suspendra|prendra|publiera|imposera)\b|\bsẽ\b|\bdự kiến\b)|将(?!军|軍)|將(?!軍)|要等到|预定|預定|予定|される見|発効する|예정|시행된다|발표될"
)

LEANS: Final = re.compile(
    r"(?i:\b(?:from|effective|starting|beginning|until|through|till|ab|bis|hasta|a partir|jusqu|à partir|à compter|até|từ|kể từ|đến)\b(?: (?:the|early|mid|late|next|at least|end of|dem|zum|el|del|día|du|au|de|le|ngày|on))* ?)$"
)

LEANS_AFTER: Final = re.compile(
    r"[)\s]{0,2}(?:(?i:in kraft|en vigor|en vigueur|em vigor|takes? effect)|起|开始|開始|から|より|まで|부터|까지|生效|实施|實施|施行|発効|시행|발효)"
)

AHEAD_AFTER: Final = re.compile(
    r"[^。,，、]{0,10}(?:予定(?!だった|されていた)|発効する|施行される|見通し|예정|시행된다|발표될)"
)

PAST: Final = re.compile(
    r"(?i:\b(?:had|was|were|took|came|went|entered|since|has been|have been|imposed|introduced|brought in|began|started|hatte|war|wurde|wurden|trat|traten|seit|"
    r"había|fue|fueron|entró|entraron|desde|avait|était|depuis|foi|foram|entrou|entraram|havia|đã)\b)|(?:した|された|ました|ていた|했|됐|了|已)"
)

BREAK: Final = re.compile(r"[,，、]")

HARD_BREAK: Final = re.compile(r"[;；:：—]")

# Unnamed sources tell of an act; a named newspaper is itself the event.
SOURCES: Final = re.compile(
    r"(?i:sources?|said people familiar|fuentes|selon des sources)|消息人士|関係者|소식통"
)

CUSTOMS: Final = re.compile(
    r"(?i:customs|zoll\w*|aduanas?|douanes?|alfândega|hải quan)|海关|海關|税関|해관|세관"
)

SPLIT: Final = re.compile(r"[,;，；。:：]")

# "Exports were suspended" is a ban; "the ban was suspended" is not.
STOPS_TRADE: Final = re.compile(
    r"(?i:suspen\w+ (?:of )?(?:(?!ban|curb|control|restrict|measure|quota|licen)\w+ ){0,5}(?:exports?|shipments?|sales)(?! (?:ban|curb|control|restrict))|(?:exports?|shipments?|sales|deliveries) (?:\w+ ){0,6}suspended)"
)

SECOND_HAND: Final = re.compile(
    r"(?i:\bciting\b|\breportedly\b|\baccording to (?:a |the )?(?:report|media|newspaper|sources|people)|\bquoted\b|\bsources? said|\bunter berufung|\blaut (?:medien|einem bericht)|"
    r"\bsegún (?:medios|fuentes|un informe|informó)|\bselon (?:des|les) (?:sources|médias)|\bsegundo (?:fontes|a imprensa)|theo (?:nguồn tin|báo))|"
    r"据报|據報|报道称|報導|報道によると|関係者によると|と伝えた|報じた|에 따르면|보도했다|전했다|援引|引述"
)

LEGAL: Final = re.compile(
    r"(?i:\b(?:announcement|notice|decree|regulation|order|bekanntmachung|verordnung|anuncio|decreto|résolution|resolución|avis|arrêté|portaria|thông tư|nghị định)s? "
    r"(?:no\.? ?|nr\.? ?|n[°º] ?|number |số )?\d{1,4}(?:[/-]\d{2,4}| of \d{4})?)|(?:公告|令)?\s?\d{4}年第\s?\d{1,3}[号號]|第\s?\d{1,3}[号號](?:公告|令)?|공고\s?제?\d{1,4}호"
)

ACT_AFTER: Final = re.compile(
    r"(?i:'?s? (?:\w+ )?(?:announcement|ban|decision|notice|order|rules?|curbs?|move|imposition|restrictions?|embargo|suspension|agreement|deal|summit|meeting)\b)"
)

ACT_BEFORE: Final = re.compile(
    r"(?i:\b(?:announced|imposed|introduced|banned|suspended|halted|restricted|launched|signed|licen[cs]es?|permits?|controls?|effect|force)(?: \w+){0,4} "
    r"(?:in|since)(?: early| mid| late)?[ -])$"
)

MEASURES: Final = re.compile(
    r"(?i:\b(?:rules?|measures?|curbs?|decision|order|restrictions?|regeln?|regelung\w*|maßnahmen?|medidas?|reglas?|mesures?|règles?|regras?|biện pháp|quy định)\b)|措施|措置|规定|規定|조치|규정"
)

STATISTICAL: Final = re.compile(
    r"(?i:\b(?:exports?|imports?|shipments?|volume|level|total|tonnage|ausfuhren|importaciones|exportaciones|exportations)(?: \w+){0,3} $)|"
    r"(?:出口|進口|进口|輸出|輸入|수출|수입)"
)
